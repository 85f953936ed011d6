// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Records and fields of separated text (RFC 4180), in place.

#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>
#include <vector>

namespace trilby::data {

/// The size of the first record in `text` with its line feed. A quoted field may have line feeds.
/// npos if the record does not end in `text`.
[[nodiscard]] std::size_t record_bytes(std::string_view text, char separator);

enum class WrongQuotation : std::uint8_t {
    not_closed,
    text_after_end,
};

/// The first quoted field of a record that is malformed.
struct WrongField {
    WrongQuotation why = WrongQuotation::not_closed;
    std::uint64_t line = 0;  ///< in which the field begins, counted from 0 in the record
};

/// Splits a record without its line end, in place. Blanks around a field and its quotation marks
/// are dropped, and doubled quotation marks become single ones.
[[nodiscard]] std::expected<void, WrongField> split_fields(std::span<char> record, char separator,
                                                           std::vector<std::string_view>& fields);

}  // namespace trilby::data
