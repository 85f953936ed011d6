// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The pages in src/doctor/pages/, embedded by embed_pages.cmake.

#pragma once

#include <span>
#include <string_view>

namespace trilby::doctor {

struct Page {
    std::string_view id;
    std::string_view text;  ///< paragraphs, with an empty line between them
};

/// One page for each condition.
extern const std::span<const Page> pages;

}  // namespace trilby::doctor
