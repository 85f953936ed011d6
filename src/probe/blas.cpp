// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/blas.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fmt/format.h>
#include <span>

#include "probe/assignments.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;
using platform::FileTree;

constexpr std::string_view interface_name = "libblas.so";
constexpr std::string_view switch_name = "libflexiblas.so";
constexpr const char* switch_configuration = "/etc/flexiblasrc";

/// An implementation named in a path or in a setting; empty if it names none of the known ones.
std::string_view implementation_in(std::string text) {
    constexpr std::array<std::string_view, 6> known{"openblas", "mkl",  "blis",
                                                    "atlas",    "nvpl", "armpl"};
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto* found = std::ranges::find_if(
        known, [&](std::string_view name) { return text.find(name) != std::string::npos; });
    return found == known.end() ? std::string_view() : *found;
}

/// The folders that the loader looks into, those of the library first.
std::vector<std::string> search_folders(const SharedLibrary& library, std::string_view origin) {
    std::vector<std::string> folders = library.own_folders(origin);
    folders.insert(folders.end(), system_library_folders.begin(), system_library_folders.end());
    return folders;
}

/// Where a chain of links ends.
std::filesystem::path followed(const FileTree& tree, std::filesystem::path path) {
    constexpr int link_limit = 8;
    for (int i = 0; i < link_limit; ++i) {
        const Text target = tree.link_target(path.native());
        if (!target) {
            break;
        }
        path = (path.parent_path() / *target).lexically_normal();
    }
    return path;
}

/// What a name that stands for any implementation leads to.
Text resolved(const FileTree& tree, const std::string& name,
              const std::vector<std::string>& folders) {
    constexpr std::size_t folder_limit = 32;
    for (const std::string& folder :
         std::span(folders).first(std::min(folders.size(), folder_limit))) {
        const std::filesystem::path end = followed(tree, folder + "/" + name);
        if (!tree.exists(end.native())) {
            continue;
        }
        const std::string_view known = implementation_in(end.native());
        if (!known.empty()) {
            return Text::present(std::string(known), end.native());
        }
        return end.filename().native().starts_with(interface_name)
                   ? Text::present("reference", end.native())
                   : Text::missing(Presence::malformed, end.native());
    }
    return Text::missing(Presence::absent, name);
}

Text switched(const FileTree& tree) {
    const Text setting = assigned_value(tree.read(switch_configuration), "default");
    const std::string_view known = implementation_in(setting.value_or(""));
    return known.empty()
               ? Text::present("flexiblas", switch_configuration)
               : Text::present(fmt::format("{} (flexiblas)", known), switch_configuration);
}

}  // namespace

Text read_blas(const FileTree& tree, const Observed<SharedLibrary>& library,
               std::string_view folder) {
    if (!library) {
        return Text::missing(library.presence(), library.source());
    }
    for (const std::string& name : library->needed) {
        if (name.starts_with(interface_name)) {
            return resolved(tree, name, search_folders(*library, folder));
        }
        if (name.starts_with(switch_name)) {
            return switched(tree);
        }
        if (const std::string_view known = implementation_in(name); !known.empty()) {
            return Text::present(std::string(known), library.source());
        }
    }
    return Text::missing(Presence::absent, library.source());
}

}  // namespace trilby::sources
