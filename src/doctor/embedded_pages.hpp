// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The pages in src/doctor/pages/ and src/doctor/steps/, as embed_pages.cmake embeds them.

#pragma once

#include <span>
#include <string_view>

namespace trilby::doctor {

struct EmbeddedPage {
    std::string_view name;  ///< of the file, without ".md"
    std::string_view text;
};

extern const std::span<const EmbeddedPage> condition_pages;
extern const std::span<const EmbeddedPage> step_pages;

}  // namespace trilby::doctor
