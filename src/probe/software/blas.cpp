// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/software/blas.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <span>

#include "base/text.hpp"
#include "platform/environment.hpp"
#include "probe/assignments.hpp"
#include "probe/sources.hpp"

namespace trilby::sources {
namespace {

using Text = Observed<std::string>;

constexpr std::string_view interface_name = "libblas.so";
constexpr std::string_view switch_name = "libflexiblas.so";
constexpr const char* switch_configuration = "/etc/flexiblasrc";

/// The known implementation whose name is in a path or setting; empty if there is none.
std::string_view implementation_in(const std::string& named) {
    constexpr std::array<std::string_view, 6> known{"openblas", "mkl",  "blis",
                                                    "atlas",    "nvpl", "armpl"};
    const std::string text = lower_case(named);
    const auto* found = std::ranges::find_if(
        known, [&](std::string_view name) { return text.find(name) != std::string::npos; });
    return found == known.end() ? std::string_view() : *found;
}

/// The folders that the loader searches, those of the library first.
std::vector<std::string> search_folders(const binary::SharedLibrary& library,
                                        std::string_view origin) {
    std::vector<std::string> folders = library.own_folders(origin);
    folders.insert(folders.end(), binary::system_library_folders.begin(),
                   binary::system_library_folders.end());
    return folders;
}

/// The implementation that a generic name resolves to.
Text resolved(const FileTree& tree, const std::string& name,
              const std::vector<std::string>& folders) {
    constexpr std::size_t folder_limit = 32;
    for (const std::string& folder :
         std::span(folders).first(std::min(folders.size(), folder_limit))) {
        const std::filesystem::path end = binary::followed(tree, folder + "/" + name);
        const Presence presence = tree.presence(end.native());
        if (presence == Presence::absent) {
            continue;
        }
        if (is_unreadable(presence)) {
            return Text::missing(presence, end.native());
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

/// The library that FlexiBLAS uses. The variable overrides the file.
Text flexiblas_setting(const FileTree& tree) {
    const Text variable = tree.answer(fmt::format("{}FLEXIBLAS", environment_answer),
                                      [] { return platform::set_variable("FLEXIBLAS"); });
    return variable.value_or("").empty()
               ? assigned_value(tree.read(switch_configuration), "default")
               : variable;
}

/// Packages add a configuration file for their library; a user may have configured another. What
/// cannot be read may do so.
bool may_be_described(const FileTree& tree, const std::string& backend) {
    const Text settings = tree.read(switch_configuration);
    const std::string section = fmt::format("[{}]", backend);
    return tree.presence(fmt::format("/etc/flexiblasrc.d/{}.conf", backend)) != Presence::absent ||
           settings.is_unreadable() ||
           lower_case(settings.value_or("")).find(section) != std::string::npos;
}

/// Whether the folder of FlexiBLAS is known and lacks the requested library.
bool is_backend_missing(const FileTree& tree, const std::string& backend,
                        const std::vector<std::string>& folders) {
    for (const std::string& folder : folders) {
        const auto names = tree.list(folder + "/flexiblas");
        if (names.is_unreadable()) {
            return false;
        }
        if (names && !names->empty()) {
            const std::string wanted = fmt::format("libflexiblas_{}.so", backend);
            return std::ranges::find(*names, wanted) == names->end() &&
                   !may_be_described(tree, backend);
        }
    }
    return false;
}

/// FlexiBLAS falls back to the reference implementation, NETLIB.
Text switched(const FileTree& tree, const std::vector<std::string>& folders) {
    const Text setting = flexiblas_setting(tree);
    const std::string backend = lower_case(setting.value_or(""));
    const bool is_path = backend.find('/') != std::string::npos;
    const bool falls_back =
        !backend.empty() && !is_path && is_backend_missing(tree, backend, folders);
    if (falls_back || backend.find("netlib") != std::string::npos) {
        return Text::present("reference", setting.source());
    }
    const std::string_view known = implementation_in(backend);
    return Text::present(known.empty() ? "flexiblas" : fmt::format("{} (flexiblas)", known),
                         setting.source());
}

}  // namespace

Text read_blas(const FileTree& tree, const Observed<binary::SharedLibrary>& library,
               std::string_view folder) {
    if (!library) {
        return Text::missing(library.presence(), library.source());
    }
    for (const std::string& name : library->needed) {
        if (name.starts_with(interface_name)) {
            return resolved(tree, name, search_folders(*library, folder));
        }
        if (name.starts_with(switch_name)) {
            return switched(tree, search_folders(*library, folder));
        }
        if (const std::string_view known = implementation_in(name); !known.empty()) {
            return Text::present(std::string(known), library.source());
        }
    }
    return Text::missing(Presence::absent, library.source());
}

}  // namespace trilby::sources
