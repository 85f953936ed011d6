// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a library tells the dynamic loader, without loading it.

#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::binary {

/// Where distributions put libraries: Debian into one folder for each architecture.
inline constexpr std::array system_library_folders{"/usr/lib/x86_64-linux-gnu",
                                                   "/usr/lib/aarch64-linux-gnu",
                                                   "/usr/lib/riscv64-linux-gnu",
                                                   "/usr/lib/powerpc64le-linux-gnu",
                                                   "/usr/lib64",
                                                   "/usr/lib"};

/// Where a chain of links ends: distributions put a library behind several, as Debian does for its
/// alternatives. A chain that is too long ends early.
[[nodiscard]] std::filesystem::path followed(const platform::FileTree& tree,
                                             std::filesystem::path path);

struct SharedLibrary {
    std::vector<std::string> needed;  ///< sonames of the libraries that it loads
    std::string search_path;          ///< folders with a colon between them, with $ORIGIN as stored
    std::map<std::string, bool> symbols;  ///< whether it has those asked for, as far as it tells

    /// A library that it loads, by the beginning of its name; nothing if there is none.
    [[nodiscard]] std::optional<std::string> needed_with_prefix(std::string_view prefix) const;
    [[nodiscard]] std::optional<bool> defines(std::string_view symbol) const;
    /// The folders of its search path, for a library that lies in `origin`.
    [[nodiscard]] std::vector<std::string> own_folders(std::string_view origin) const;
};

[[nodiscard]] Observed<SharedLibrary> read_shared_library(
    const platform::FileTree& tree, std::string_view path,
    std::span<const std::string_view> symbols);

}  // namespace trilby::binary
