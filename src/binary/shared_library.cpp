// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/shared_library.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/text.hpp"
#include "binary/elf.hpp"

namespace trilby::binary {
namespace {

constexpr std::string_view needed_word = "needed ";
constexpr std::string_view search_word = "search ";
constexpr std::string_view defines_word = "defines ";
constexpr std::string_view lacks_word = "lacks ";

/// Recordings store this text, with one fact on each line.
std::optional<std::string> describe(const platform::LargeFile& file,
                                    std::span<const std::string_view> symbols) {
    const auto elf = ElfFile::open(file);
    const auto dependencies = elf ? elf->dependencies() : std::nullopt;
    if (!dependencies) {
        return std::nullopt;
    }
    std::string text;
    for (const std::string& name : dependencies->needed) {
        text += fmt::format("{}{}\n", needed_word, name);
    }
    if (!dependencies->search_path.empty()) {
        text += fmt::format("{}{}\n", search_word, dependencies->search_path);
    }
    for (const std::string_view symbol : symbols) {
        if (const auto is_there = elf->defines(symbol)) {
            text += fmt::format("{}{}\n", *is_there ? defines_word : lacks_word, symbol);
        }
    }
    return text;
}

std::optional<SharedLibrary> parse_description(const std::string& text) {
    SharedLibrary library;
    for (const std::string_view line : split_lines(text)) {
        if (line.starts_with(needed_word)) {
            library.needed.emplace_back(line.substr(needed_word.size()));
        } else if (line.starts_with(search_word)) {
            library.search_path = line.substr(search_word.size());
        } else if (line.starts_with(defines_word)) {
            library.symbols[std::string(line.substr(defines_word.size()))] = true;
        } else if (line.starts_with(lacks_word)) {
            library.symbols[std::string(line.substr(lacks_word.size()))] = false;
        }
    }
    return library;
}

}  // namespace

std::filesystem::path followed(const platform::FileTree& tree, std::filesystem::path path) {
    constexpr int link_limit = 8;
    for (int i = 0; i < link_limit; ++i) {
        const Observed<std::string> target = tree.link_target(path.native());
        if (!target) {
            break;
        }
        path = (path.parent_path() / *target).lexically_normal();
    }
    return path;
}

std::optional<std::string> SharedLibrary::needed_with_prefix(std::string_view prefix) const {
    const auto found = std::ranges::find_if(
        needed, [&](const std::string& name) { return name.starts_with(prefix); });
    return found == needed.end() ? std::nullopt : std::optional(*found);
}

std::optional<bool> SharedLibrary::defines(std::string_view symbol) const {
    const auto found = symbols.find(std::string(symbol));
    return found == symbols.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> SharedLibrary::own_folders(std::string_view origin) const {
    constexpr std::string_view origin_word = "$ORIGIN";
    std::vector<std::string> folders;
    std::string_view rest = search_path;
    while (!rest.empty()) {
        std::string folder(rest.substr(0, rest.find(':')));
        rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
        if (folder.starts_with(origin_word)) {
            folder.replace(0, origin_word.size(), origin);
        }
        if (folder.starts_with('/')) {
            folders.push_back(std::filesystem::path(folder).lexically_normal().native());
        }
    }
    return folders;
}

Observed<SharedLibrary> read_shared_library(const platform::FileTree& tree, std::string_view path,
                                            std::span<const std::string_view> symbols) {
    return tree
        .derived("loading", path,
                 [&](const platform::LargeFile& file) { return describe(file, symbols); })
        .parse(parse_description);
}

}  // namespace trilby::binary
