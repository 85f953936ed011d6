// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The entries of a library for the dynamic loader, read without loading it.

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

/// The library folders of distributions; Debian has one for each architecture.
inline constexpr std::array system_library_folders{"/usr/lib/x86_64-linux-gnu",
                                                   "/usr/lib/aarch64-linux-gnu",
                                                   "/usr/lib/riscv64-linux-gnu",
                                                   "/usr/lib/powerpc64le-linux-gnu",
                                                   "/usr/lib64",
                                                   "/usr/lib"};

/// The end of a chain of links, such as those of Debian's alternatives. A chain that is too long is
/// cut.
[[nodiscard]] std::filesystem::path followed(const platform::FileTree& tree,
                                             std::filesystem::path path);

struct SharedLibrary {
    std::vector<std::string> needed;      ///< sonames of the libraries that it loads
    std::string search_path;              ///< folders separated by colons; $ORIGIN is not replaced
    std::map<std::string, bool> symbols;  ///< whether it has each requested symbol, if known

    /// The first needed library whose name has this prefix; nothing if there is none.
    [[nodiscard]] std::optional<std::string> needed_with_prefix(std::string_view prefix) const;
    [[nodiscard]] std::optional<bool> defines(std::string_view symbol) const;
    /// The folders of its search path, where `origin` is the folder of the library.
    [[nodiscard]] std::vector<std::string> own_folders(std::string_view origin) const;
};

[[nodiscard]] Observed<SharedLibrary> read_shared_library(
    const platform::FileTree& tree, std::string_view path,
    std::span<const std::string_view> symbols);

}  // namespace trilby::binary
