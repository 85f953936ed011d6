// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Records and fields of separated text (RFC 4180), in place.

#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace trilby::data {

/// The size of the first record in `text` with its line feed. A quoted field may have line feeds.
/// npos if the record does not end in `text`.
[[nodiscard]] std::size_t record_bytes(std::string_view text, char separator);

/// Splits a record without its line end, in place. Blanks around a field and its quotation marks
/// are dropped, and doubled quotation marks become single ones. False if text follows a closing
/// quotation mark.
[[nodiscard]] bool split_fields(std::span<char> record, char separator,
                                std::vector<std::string_view>& fields);

}  // namespace trilby::data
