// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The files of templates/ and the examples of the library, as embed_templates.cmake embeds them.

#pragma once

#include <span>
#include <string_view>

namespace trilby::scaffold {

struct EmbeddedTemplate {
    std::string_view name;  ///< of the file
    std::string_view text;  ///< it begins with the two lines of the license, and an empty one
};

extern const std::span<const EmbeddedTemplate> embedded_templates;

}  // namespace trilby::scaffold
