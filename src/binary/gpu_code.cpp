// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/gpu_code.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <string.h>

#include "base/text.hpp"
#include "binary/elf.hpp"
#include "binary/fat_binary.hpp"
#include "binary/offload_bundle.hpp"

namespace trilby::binary {
namespace {

using Targets = std::vector<std::string>;

/// Orders "sm_90" before "sm_100".
void sort_as_numbers(Targets& targets) {
    std::ranges::sort(targets, [](const std::string& a, const std::string& b) {
        return ::strverscmp(a.c_str(), b.c_str()) < 0;
    });
    const auto repeated = std::ranges::unique(targets);
    targets.erase(repeated.begin(), repeated.end());
}

}  // namespace

std::optional<Targets> gpu_targets_in(const platform::LargeFile& file) {
    const auto elf = ElfFile::open(file);
    const auto sections = elf ? elf->sections() : std::nullopt;
    if (!sections) {
        return std::nullopt;
    }
    Targets targets;
    for (const ElfSection& section : *sections) {
        const bool is_nvidia = section.name == ".nv_fatbin";
        if (!is_nvidia && section.name != ".hip_fatbin") {
            continue;
        }
        const Targets found =
            is_nvidia ? fat_binary_targets(file, section) : offload_bundle_targets(file, section);
        if (found.empty()) {
            return std::nullopt;
        }
        targets.insert(targets.end(), found.begin(), found.end());
    }
    sort_as_numbers(targets);
    return targets;
}

Observed<Targets> read_gpu_targets(const platform::FileTree& tree, std::string_view path) {
    const auto derive = [](const platform::LargeFile& file) -> std::optional<std::string> {
        const auto targets = gpu_targets_in(file);
        return targets ? std::optional(fmt::format("{}", fmt::join(*targets, " "))) : std::nullopt;
    };
    return tree.derived("GPU targets", path, derive)
        .parse([](const std::string& text) -> std::optional<Targets> {
            const auto words = split_words(text);
            return Targets(words.begin(), words.end());
        });
}

}  // namespace trilby::binary
