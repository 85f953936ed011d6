// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The values that fields of a table have.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace trilby::data {

/// What a comma in a number means. In tables whose columns are separated by commas it groups the
/// digits; in the others it is the decimal comma of much of Europe.
enum class CommaUse : std::uint8_t { groups, decimal };

/// Networks compute with numbers of 32 bits.
inline constexpr double largest_number = std::numeric_limits<float>::max();

/// A number, perhaps with an exponent, a sign of a currency before or after it, or a percent sign
/// after it; also "inf", but not "nan", which is a missing value. Nothing if any character is left
/// over.
[[nodiscard]] std::optional<double> parse_decimal(std::string_view text,
                                                  CommaUse commas = CommaUse::groups);

/// An empty field, or one of the words for a value that is not known: NA, NaN, null, ?, ...
[[nodiscard]] bool is_missing(std::string_view text);

/// How a date is written: the order of day, month and year, or a number.
enum class DateOrder : std::uint8_t {
    year_first,
    day_first,
    month_first,
    day_first_short,    ///< "01/03/24": 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068
    month_first_short,  ///< "3/1/24"
    compact,            ///< "20240301": 1500 to 2200
    years,              ///< "1871": the first of January; 1500 to 2200
    unix_seconds,       ///< since 1970; from 1973 to 2286, as the following
    unix_milliseconds,
};

/// The orders in which days are written, from the likeliest to the least likely.
inline constexpr std::array orders_of_days{DateOrder::year_first,        DateOrder::day_first,
                                           DateOrder::month_first,       DateOrder::day_first_short,
                                           DateOrder::month_first_short, DateOrder::compact};

/// Seconds since 1970 in UTC, for "2024-03-01", "01.03.2024", "1 Mar 2024", "3/1/2024" or "March 1,
/// 2024", each alone or with a time "13:45", "13:45:10.5", "1:45 PM", "13:45Z" or "13:45+01:00"
/// after a blank or a T; for year_first also "2024-03" and "20240301T1345". Nothing if the day does
/// not exist, or for a number that is not whole or outside of the range of its order.
[[nodiscard]] std::optional<double> parse_date(std::string_view text, DateOrder order);

/// The midnight with which a day begins, in seconds since 1970; nothing if there is no such day.
[[nodiscard]] std::optional<double> seconds_of_day(int year, int month, int day);

/// Seconds after midnight, for "17:24", "17:24:00.5", "5:24 PM", "18.00.00" or "17h24".
[[nodiscard]] std::optional<double> parse_clock(std::string_view text);

/// "Mar", "Sept" or "March" as a number.
[[nodiscard]] std::optional<int> parse_month(std::string_view name);

[[nodiscard]] bool is_midnight(double seconds);

/// "2016-07-01", or "2016-07-01 13:45:00" with the time.
[[nodiscard]] std::string format_date(double seconds, bool has_time);
/// With the time if it is not midnight.
[[nodiscard]] std::string format_date(double seconds);

}  // namespace trilby::data
