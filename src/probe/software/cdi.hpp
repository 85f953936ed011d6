// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

namespace trilby::sources {

/// A line "key: value" of a specification in YAML or JSON; both are empty on another line.
struct CdiLine {
    std::string_view key;
    std::string_view value;
    bool begins_item = false;  ///< of a list
};

[[nodiscard]] CdiLine parse_cdi_line(std::string_view text);

}  // namespace trilby::sources
