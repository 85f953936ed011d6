// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "tensors/header.hpp"

namespace trilby::tensors {

/// Parses the JSON of a header. Offsets are still those from the start of the data, and are only
/// tested against the type and shape of their own tensor.
[[nodiscard]] std::expected<Header, std::string> parse_header(std::string_view json);

}  // namespace trilby::tensors
