// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

#include <trilby/observed.hpp>

namespace trilby {

/// Why something could not be read, as a predicate: "does not exist", "may not be read", or
/// `malformed`, which says what was expected.
[[nodiscard]] std::string_view why_missing(Presence presence,
                                           std::string_view malformed = "is malformed");

}  // namespace trilby
