// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/library_blame.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace trilby::validate {
namespace {

bool has_feature(const Machine& machine, std::string_view feature) {
    const auto features = machine.cpu.features.value_or({});
    return std::ranges::find(features, feature) != features.end();
}

/// The value of "onednn_version" for oneDNN; empty if it is not known.
std::string version_of(std::string_view library, const json::object& libraries) {
    const auto version =
        json::get_string(libraries, lower_case(library) + "_version", "the worker's libraries");
    return printable(version.value_or(""), 64);
}

}  // namespace

std::vector<PresentDefect> present_defects(const Machine& machine, const json::object& libraries,
                                           std::span<const LibraryDefect> known) {
    std::vector<PresentDefect> present;
    for (const LibraryDefect& defect : known) {
        std::string version = version_of(defect.library, libraries);
        if (!version.empty() && defect.is_in(version) && has_feature(machine, defect.cpu_feature)) {
            present.push_back({defect, std::move(version)});
        }
    }
    return present;
}

bool explains(const LibraryDefect& defect, std::string_view operation) {
    return operation.find(defect.element_type) != std::string_view::npos;
}

LibraryBlame blame(const PresentDefect& present, std::string failure) {
    const LibraryDefect& defect = present.defect;
    return {.library = std::string(defect.library),
            .version = present.version,
            .defect = std::string(defect.symptom),
            .page = std::string(defect.page),
            .variable = std::string(defect.variable),
            .value = std::string(defect.value),
            .failure = std::move(failure)};
}

}  // namespace trilby::validate
