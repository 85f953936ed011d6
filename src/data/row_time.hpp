// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The time of a row, which is in one column or in several: a date and a clock time, or a year, a
/// month and a day.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/time_axis.hpp"
#include "data/values.hpp"

namespace trilby::data {

/// What a column says of a time.
enum class TimePart : std::uint8_t {
    date,     ///< perhaps with a time
    seconds,  ///< a number, since 1970
    clock,    ///< "17:24"
    year,     ///< whole numbers from here on
    month,    ///< or its name
    day,
    hour,
    minute,
    second,
};

struct TimeField {
    std::size_t column = 0;
    TimePart part = TimePart::date;
    DateOrder order = DateOrder::year_first;  ///< of a date
    CommaUse commas = CommaUse::groups;       ///< of numbers
};

/// Where and how the time of a row is written.
struct RowTime {
    std::vector<TimeField> fields;  ///< at least one; from the largest part to the smallest

    [[nodiscard]] bool uses(std::size_t column) const;
    [[nodiscard]] std::vector<std::size_t> columns() const;
    /// Seconds since 1970. Nothing if a part is missing, has another form or is out of range.
    [[nodiscard]] std::optional<double> read(std::span<const std::string_view> row) const;
};

/// Between the names of columns that have a time together: "Date + Time".
inline constexpr std::string_view time_joint = " + ";
[[nodiscard]] std::string joined_name(std::span<const std::string> names);

/// Sees all rows of a table, and finds the columns that have a time together.
class JoinedTimes {
  public:
    JoinedTimes(std::vector<std::string> names, CommaUse commas)
        : names_(std::move(names)), commas_(commas) {}

    void add(std::span<const std::string_view> row);

    struct Candidate {
        RowTime time;
        TimeProfile profile;
    };
    /// Those that every row has, the most likely one first.
    [[nodiscard]] const std::vector<Candidate>& candidates() const { return candidates_; }

  private:
    void find_candidates(std::span<const std::string_view> row);
    /// The first column whose name says that it has this part.
    [[nodiscard]] std::optional<TimeField> named(TimePart part) const;
    /// These parts up to the first that no column has.
    [[nodiscard]] RowTime named_parts(std::span<const TimePart> parts) const;
    /// A clock time, or an hour and perhaps a minute and a second. Without fields if there is none.
    [[nodiscard]] RowTime find_time_of_day(std::span<const std::string_view> row) const;
    [[nodiscard]] std::optional<TimeField> find_clock(std::span<const std::string_view> row) const;
    [[nodiscard]] std::optional<TimeField> find_date(std::span<const std::string_view> row,
                                                     DateOrder order) const;

    std::vector<std::string> names_;
    CommaUse commas_;
    bool has_rows_ = false;
    std::vector<Candidate> candidates_;
};

}  // namespace trilby::data
