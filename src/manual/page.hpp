// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The source of a manual page: a file in pages/, in a small part of Markdown, with insertions.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "manual/insertions.hpp"
#include <trilby/result.hpp>

namespace trilby::manual {

struct Page {
    std::string name;  ///< "trilby-probe"
    char section;      ///< '1'
    std::string text;

    [[nodiscard]] std::string file_name() const { return name + '.' + section; }
};

struct Pages {
    std::vector<Page> pages;  ///< NAME.SECTION.md, sorted by name
    Insertions shared;        ///< shared.md: each section, by its heading
};

[[nodiscard]] Result<Pages> read_pages(const std::filesystem::path& folder);

/// The page with all insertions made; ErrorCode::internal if it asks for an unknown one.
[[nodiscard]] Result<std::string> expanded(const Page& page, const Insertions& insertions);

}  // namespace trilby::manual
