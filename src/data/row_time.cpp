// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/row_time.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"
#include "data/column.hpp"

namespace trilby::data {
namespace {

/// A part that is a whole number, what columns with it are called, and the seconds that it adds.
struct NumberPart {
    TimePart part;
    std::array<std::string_view, 4> names;  ///< in lower case
    double least;
    double most;
    double seconds;  ///< of one; 0 for parts of a date
};

constexpr std::array number_parts{
    NumberPart{TimePart::year, {"year", "yr", "yyyy", "years"}, 1500.0, 2200.0, 0.0},
    NumberPart{TimePart::month, {"month", "mon", "mnth", "mo"}, 1.0, 12.0, 0.0},
    NumberPart{TimePart::day, {"day", "dy", "mday", "day_of_month"}, 1.0, 31.0, 0.0},
    NumberPart{TimePart::hour, {"hour", "hr", "hours", "hh"}, 0.0, 24.0, 3600.0},
    NumberPart{TimePart::minute, {"minute", "minutes", "mins", "minute_of_hour"}, 0.0, 59.0, 60.0},
    NumberPart{TimePart::second, {"second", "seconds", "secs", "sec"}, 0.0, 60.0, 1.0}};

const NumberPart& number_part(TimePart part) {
    return *std::ranges::find(number_parts, part, &NumberPart::part);
}

std::optional<double> read_number(std::string_view text, const TimeField& field) {
    const auto number = parse_decimal(text, field.commas);
    if (!number && field.part == TimePart::month) {
        return parse_month(text);
    }
    const NumberPart& limits = number_part(field.part);
    const bool fits = number && *number == std::floor(*number) && *number >= limits.least &&
                      *number <= limits.most;
    return fits ? number : std::nullopt;
}

/// Parts of a date as they are, all others in seconds.
std::optional<double> read_part(std::string_view text, const TimeField& field) {
    constexpr double latest = 1e11;  // in the year 5138
    switch (field.part) {
        case TimePart::date:
            return parse_date(text, field.order);
        case TimePart::clock:
            return parse_clock(text);
        case TimePart::seconds: {
            const auto seconds = parse_decimal(text, field.commas);
            return seconds && std::abs(*seconds) <= latest ? seconds : std::nullopt;
        }
        default:
            return read_number(text, field);
    }
}

/// A date that has columns of its own.
struct Calendar {
    int year = 0;  ///< 0: there is none
    int month = 1;
    int day = 1;

    /// The part of the date that a field has; nullptr if it is not one.
    int* part(TimePart part) {
        return part == TimePart::year    ? &year
               : part == TimePart::month ? &month
               : part == TimePart::day   ? &day
                                         : nullptr;
    }
};

double seconds_per(TimePart part) {
    return part >= TimePart::year ? number_part(part).seconds : 1.0;
}

/// Whether a date has a time itself.
bool has_two_clocks(const TimeField& field, std::span<const std::string_view> row) {
    return field.part == TimePart::date &&
           !is_midnight(parse_date(row[field.column], field.order).value_or(0.0));
}

}  // namespace

bool RowTime::uses(std::size_t column) const {
    return std::ranges::find(fields, column, &TimeField::column) != fields.end();
}

std::vector<std::size_t> RowTime::columns() const {
    std::vector<std::size_t> columns;
    for (const TimeField& field : fields) {
        columns.push_back(field.column);
    }
    return columns;
}

std::optional<double> RowTime::read(std::span<const std::string_view> row) const {
    Calendar calendar;
    double seconds = 0.0;
    for (const TimeField& field : fields) {
        const auto value = read_part(row[field.column], field);
        if (!value) {
            return std::nullopt;
        }
        if (int* const part = calendar.part(field.part)) {
            *part = static_cast<int>(*value);
        } else {
            seconds += *value * seconds_per(field.part);
        }
    }
    if (calendar.year == 0) {
        return seconds;
    }
    const auto midnight = seconds_of_day(calendar.year, calendar.month, calendar.day);
    return midnight ? std::optional(*midnight + seconds) : std::nullopt;
}

std::string joined_name(std::span<const std::string> names) {
    return fmt::format("{}", fmt::join(names, time_joint));
}

void JoinedTimes::add(std::span<const std::string_view> row) {
    if (!has_rows_) {
        find_candidates(row);
        has_rows_ = true;
    }
    // A time that one row lacks is not the time of the rows, so the first row has all candidates.
    std::erase_if(candidates_, [&](Candidate& candidate) {
        const auto time = candidate.time.read(row);
        if (!time || has_two_clocks(candidate.time.fields.front(), row)) {
            return true;
        }
        candidate.profile.add(*time);
        return false;
    });
}

std::optional<TimeField> JoinedTimes::named(TimePart part) const {
    const NumberPart& wanted = number_part(part);
    const auto found = std::ranges::find_if(names_, [&](const std::string& name) {
        return std::ranges::find(wanted.names, lower_case(name)) != wanted.names.end();
    });
    return found == names_.end()
               ? std::nullopt
               : std::optional(TimeField{.column = static_cast<std::size_t>(found - names_.begin()),
                                         .part = part,
                                         .commas = commas_});
}

RowTime JoinedTimes::named_parts(std::span<const TimePart> parts) const {
    RowTime time;
    for (const TimePart part : parts) {
        const auto field = named(part);
        if (!field) {
            break;
        }
        time.fields.push_back(*field);
    }
    return time;
}

std::optional<TimeField> JoinedTimes::find_clock(std::span<const std::string_view> row) const {
    const auto found = std::ranges::find_if(
        row, [](std::string_view text) { return parse_clock(text).has_value(); });
    return found == row.end()
               ? std::nullopt
               : std::optional(TimeField{.column = static_cast<std::size_t>(found - row.begin()),
                                         .part = TimePart::clock});
}

std::optional<TimeField> JoinedTimes::find_date(std::span<const std::string_view> row,
                                                DateOrder order) const {
    for (std::size_t i = 0; i < row.size(); ++i) {
        const bool is_possible = order != DateOrder::compact || sounds_like_day(names_[i]);
        if (is_possible && parse_date(row[i], order)) {
            return TimeField{.column = i, .part = TimePart::date, .order = order};
        }
    }
    return std::nullopt;
}

RowTime JoinedTimes::find_time_of_day(std::span<const std::string_view> row) const {
    constexpr std::array parts{TimePart::hour, TimePart::minute, TimePart::second};
    const auto clock = find_clock(row);
    return clock ? RowTime{.fields = {*clock}} : named_parts(parts);
}

void JoinedTimes::find_candidates(std::span<const std::string_view> row) {
    constexpr std::array day_parts{TimePart::year, TimePart::month, TimePart::day};
    const RowTime time_of_day = find_time_of_day(row);
    const auto add = [&](RowTime day, const RowTime& rest) {
        day.fields.insert(day.fields.end(), rest.fields.begin(), rest.fields.end());
        if (day.fields.size() > 1) {
            candidates_.push_back({std::move(day), {}});
        }
    };
    for (const DateOrder order : orders_of_days) {
        if (const auto date = find_date(row, order); date && !time_of_day.uses(date->column)) {
            add({.fields = {*date}}, time_of_day);
        }
    }
    const RowTime day = named_parts(day_parts);
    const bool is_whole = day.fields.size() == day_parts.size();
    if (day.fields.size() > 1) {
        add(day, is_whole ? time_of_day : RowTime());
    }
}

}  // namespace trilby::data
