// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/software/libtorch_version.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <optional>

#include "base/text.hpp"
#include "probe/assignments.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;
using platform::FileTree;

/// A version such as "2.8.0+cu128"; nothing for other text.
std::optional<std::string> checked_version(const std::string& text) {
    constexpr std::size_t limit_bytes = 64;
    const std::string word(trim(text));
    const bool is_version =
        !word.empty() && word.size() <= limit_bytes &&
        std::isdigit(static_cast<unsigned char>(word.front())) != 0 &&
        std::ranges::all_of(word, [](unsigned char c) {
            return std::isalnum(c) != 0 || c == '.' || c == '+' || c == '-' || c == '_' || c == '~';
        });
    return is_version ? std::optional(word) : std::nullopt;
}

/// "1.13.0" for libtorch_cpu.so.1.13.0, the target of links in distribution packages.
Text version_in_name(const FileTree& tree, const std::string& folder) {
    constexpr int link_limit = 4;
    constexpr std::string_view name = "libtorch_cpu.so.";
    std::string path = folder + "/libtorch_cpu.so";
    Text found = Text::missing(Presence::absent, path);
    for (int i = 0; i < link_limit; ++i) {
        const Text target = tree.link_target(path);
        if (!target || !target->starts_with(name)) {
            break;
        }
        path = folder + "/" + *target;
        found = Text::present(target->substr(name.size()), path).parse(checked_version);
    }
    return found;
}

Text version_in_headers(const FileTree& tree, const std::string& include_folder) {
    constexpr std::array headers{"torch/headeronly/version.h",
                                 "torch/csrc/api/include/torch/version.h"};
    Text found;
    for (const char* name : headers) {
        const Text header = tree.read(fmt::format("{}/{}", include_folder, name));
        const Text major = defined_value(header, "TORCH_VERSION_MAJOR");
        const Text minor = defined_value(header, "TORCH_VERSION_MINOR");
        const Text patch = defined_value(header, "TORCH_VERSION_PATCH");
        if (major && minor && patch) {
            return Text::present(fmt::format("{}.{}.{}", *major, *minor, *patch), header.source())
                .parse(checked_version);
        }
        found = Text::missing(header ? Presence::absent : header.presence(), header.source());
    }
    return found;
}

/// "9.1" for a header that defines PREFIX_MAJOR and PREFIX_MINOR.
Text version_defined_in(const Text& header, const std::string& prefix) {
    const Text major = defined_value(header, prefix + "_MAJOR");
    const Text minor = defined_value(header, prefix + "_MINOR");
    return major && minor
               ? Text::present(fmt::format("{}.{}", *major, *minor), header.source())
                     .parse(checked_version)
               : Text::missing(header ? Presence::absent : header.presence(), header.source());
}

}  // namespace

Text read_bundled_version(const FileTree& tree, const LibTorchPlace& place,
                          const std::string& header, const std::string& prefix) {
    const std::string packages = place.package_folder.substr(0, place.package_folder.rfind('/'));
    return packages.empty() ? Text::missing(Presence::absent, place.folder)
                            : version_defined_in(
                                  tree.read(fmt::format("{}/nvidia/{}", packages, header)), prefix);
}

Text read_version_file(const FileTree& tree, const LibTorchPlace& place) {
    return place.package_folder.empty() ? Text::missing(Presence::absent, place.folder)
                                        : tree.read(place.package_folder + "/version.py");
}

Text version_of(const Text& version_file, const std::string& name) {
    // Releases differ in how they annotate the type.
    for (const char* annotation : {"", ": Optional[str]", ": str | None", ": str"}) {
        const Text value = assigned_value(version_file, name + annotation);
        if (value) {
            return *value == "None" ? Text::missing(Presence::absent, value.source())
                                    : value.parse(checked_version);
        }
    }
    return Text::missing(version_file ? Presence::absent : version_file.presence(),
                         version_file.source());
}

Text read_libtorch_version(const FileTree& tree, const LibTorchPlace& place,
                           const Text& version_file) {
    if (Text version = version_of(version_file, "__version__")) {
        return version;
    }
    if (!place.package_folder.empty()) {
        const Text build =
            tree.read(place.package_folder + "/build-version").parse(checked_version);
        if (build) {
            return build;
        }
    }
    if (Text version = version_in_name(tree, place.folder)) {
        return version;
    }
    return version_in_headers(tree, place.include_folder);
}

}  // namespace trilby::sources
