// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Quantities as text for people.

#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trilby {

/// Binary units, with one decimal where it matters: "512 B", "1.5 GiB", "24 GiB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);
/// The reverse, for what people write: "4G", "1.5 GiB", "500MB", "4096". K, M, G and T are binary.
/// Nothing for other text, and for more than 2^63 bytes.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// "0.8 s", "42 s", "3 min 05 s", "2 h 10 min".
[[nodiscard]] std::string format_duration(std::chrono::duration<double> duration);
[[nodiscard]] std::string format_duration(double seconds);

/// Decimal grouping in thousands: "60,000".
[[nodiscard]] std::string format_count(std::uint64_t count);
/// A negative number, which a backend may report, is 0.
template <std::signed_integral Count>
[[nodiscard]] std::string format_count(Count count) {
    return format_count(count < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(count));
}

/// "1 row", "2,000 rows".
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

/// A measured value with three significant digits: "0.188", "47.5", and from a thousand up,
/// "21,400".
[[nodiscard]] std::string format_measure(double value);

}  // namespace trilby
