// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/series_steps.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <span>
#include <utility>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/time_axis.hpp"
#include "data/values.hpp"

namespace trilby::data {
namespace {

/// More made-up rows than one in this many mean that the times are not steps.
constexpr std::int64_t rows_per_added = 5;

std::span<const double> row_of(const TimedRows& rows, std::size_t row) {
    return std::span(rows.values).subspan(row * rows.variables, rows.variables);
}

void append_row(TimedRows& to, double time, std::span<const double> values) {
    to.times.push_back(time);
    to.values.insert(to.values.end(), values.begin(), values.end());
}

TimedRows empty_like(const TimedRows& rows) {
    return {.times = {}, .values = {}, .variables = rows.variables};
}

/// The means of the rows first..last-1; missing values do not count.
std::vector<double> mean_row(const TimedRows& rows, std::size_t first, std::size_t last) {
    std::vector<double> means(rows.variables);
    for (std::size_t variable = 0; variable < rows.variables; ++variable) {
        double sum = 0.0;
        double count = 0.0;
        for (std::size_t row = first; row < last; ++row) {
            const double value = row_of(rows, row)[variable];
            sum += std::isnan(value) ? 0.0 : value;
            count += std::isnan(value) ? 0.0 : 1.0;
        }
        means[variable] = sum / count;
    }
    return means;
}

TimeProfile profile_of(std::span<const double> times) {
    TimeProfile profile;
    for (const double time : times) {
        profile.add(time);
    }
    return profile;
}

/// How many rows are missing before each row; the first entry is 0.
std::vector<std::int64_t> missing_before(std::span<const double> times, double step) {
    std::vector<std::int64_t> missing(times.size());
    for (std::size_t row = 1; row < times.size(); ++row) {
        const double steps = std::round((times[row] - times[row - 1]) / step);
        missing[row] = std::max<std::int64_t>(0, static_cast<std::int64_t>(steps) - 1);
    }
    return missing;
}

/// The rows with `missing` rows of missing values before each of them.
TimedRows spread(const TimedRows& rows, const std::vector<std::int64_t>& missing, double step) {
    const std::vector<double> nothing(rows.variables, missing_value);
    TimedRows spread = empty_like(rows);
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        for (std::int64_t i = missing[row]; i > 0; --i) {
            append_row(spread, rows.times[row] - static_cast<double>(i) * step, nothing);
        }
        append_row(spread, rows.times[row], row_of(rows, row));
    }
    return spread;
}

std::int64_t sum_of(const std::vector<std::int64_t>& counts) {
    return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

/// Adds the rows that are missing before others.
Result<void> add_missing(TimedRows& rows, const TimeStep& step,
                         const std::vector<std::int64_t>& missing, std::int64_t fill_limit,
                         std::vector<std::string>& notes) {
    const auto longest = std::ranges::max_element(missing);
    if (*longest > fill_limit) {
        return failure(
            ErrorCode::bad_data,
            fmt::format(
                "{} steps of {} are missing before {}, expected at most {}",
                format_count(static_cast<std::uint64_t>(*longest)), step.text,
                format_date(rows.times[static_cast<std::size_t>(longest - missing.begin())]),
                fill_limit),
            fmt::format("use only the rows after the gap, or set data.fill_limit to {} to "
                        "fill it",
                        *longest));
    }
    if (const std::int64_t total = sum_of(missing); total > 0) {
        rows = spread(rows, missing, step.seconds);
        notes.push_back(fmt::format("{} missing steps of {} are filled with the values before them",
                                    format_count(static_cast<std::uint64_t>(total)), step.text));
    }
    return {};
}

/// Whether at least half of the steps are known ones.
Result<void> check_step(std::span<const double> times, const TimeStep& known,
                        const std::optional<TimeAxis>& found) {
    std::size_t others = 0;
    for (std::size_t row = 1; row < times.size(); ++row) {
        others += is_one_step(times[row] - times[row - 1], known.seconds) ? 0 : 1;
    }
    if (others * 2 < times.size()) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   found && found->step != known.text
                       ? fmt::format("the rows are in steps of {}, expected steps of {}",
                                     found->step, known.text)
                       : fmt::format("{} of {} rows are not {} after the row before",
                                     format_count(others), format_count(times.size()), known.text),
                   fmt::format("give rows in steps of {}", known.text));
}

/// Short gaps alone could still make a file many times as long.
Result<void> check_total(const std::vector<std::int64_t>& missing, const TimeStep& step,
                         std::int64_t fill_limit) {
    const std::int64_t total = sum_of(missing);
    const auto rows = static_cast<std::int64_t>(missing.size());
    if (total <= std::max(rows, fill_limit)) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{} steps of {} are missing between {} rows, expected at most as "
                               "many as there are rows",
                               format_count(static_cast<std::uint64_t>(total)), step.text,
                               format_count(missing.size())),
                   "give rows with fewer gaps");
}

}  // namespace

void sort_rows(TimedRows& rows, std::vector<std::string>& notes) {
    if (std::ranges::is_sorted(rows.times)) {
        return;
    }
    std::vector<std::size_t> order(rows.rows());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t row) { return rows.times[row]; });
    TimedRows sorted = empty_like(rows);
    for (const std::size_t row : order) {
        append_row(sorted, rows.times[row], row_of(rows, row));
    }
    rows = std::move(sorted);
    notes.emplace_back("the rows are sorted by time: their order in the file is another");
}

std::size_t count_repeats(std::span<const double> times) {
    std::size_t count = 0;
    for (std::size_t row = 1; row < times.size(); ++row) {
        count += times[row] == times[row - 1] ? 1 : 0;
    }
    return count;
}

void merge_repeats(TimedRows& rows, std::vector<std::string>& notes) {
    const std::size_t repeats = count_repeats(rows.times);
    if (repeats == 0) {
        return;
    }
    TimedRows merged = empty_like(rows);
    for (std::size_t first = 0; first < rows.rows();) {
        std::size_t last = first + 1;
        while (last < rows.rows() && rows.times[last] == rows.times[first]) {
            ++last;
        }
        append_row(merged, rows.times[first], mean_row(rows, first, last));
        first = last;
    }
    rows = std::move(merged);
    notes.push_back(
        fmt::format("{} rows repeat a time: their means are used", format_count(repeats)));
}

Result<TimeStep> fill_steps(TimedRows& rows, std::int64_t fill_limit,
                            std::vector<std::string>& notes) {
    const TimeProfile profile = profile_of(rows.times);
    const auto axis = profile.axis();
    if (!axis) {
        notes.emplace_back("the times have no usual step: the rows count as equally spaced");
        return TimeStep{};
    }
    TimeStep step{
        .text = axis->step, .seconds = axis->step_seconds, .month_day = profile.month_day()};
    const auto missing = missing_before(rows.times, step.seconds);
    const std::int64_t total = sum_of(missing);
    const auto count = static_cast<std::int64_t>(rows.rows());
    if (total * rows_per_added > count + total) {
        notes.push_back(
            fmt::format("many steps of {} are missing, as weekends or nights are: the "
                        "rows count as equally spaced",
                        step.text));
        return TimeStep{};
    }
    TRILBY_CHECK(add_missing(rows, step, missing, fill_limit, notes));
    return step;
}

Result<TimeStep> fill_known_steps(TimedRows& rows, const TimeStep& known, std::int64_t fill_limit,
                                  std::vector<std::string>& notes) {
    if (known.seconds == 0.0) {
        notes.emplace_back("the rows count as equally spaced");
        return known;
    }
    const TimeProfile profile = profile_of(rows.times);
    TRILBY_CHECK(check_step(rows.times, known, profile.axis()));
    TimeStep step = known;
    step.month_day = profile.month_day();
    const auto missing = missing_before(rows.times, step.seconds);
    TRILBY_CHECK(check_total(missing, step, fill_limit));
    TRILBY_CHECK(add_missing(rows, step, missing, fill_limit, notes));
    return step;
}

std::size_t longest_missing(const TimedRows& rows, std::size_t variable) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        run = std::isnan(row_of(rows, row)[variable]) ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

std::size_t fill_from_past(TimedRows& rows, std::size_t variable, LargeVector<Origin>& origins) {
    const auto at = [&](std::size_t row) { return row * rows.variables + variable; };
    std::size_t first = 0;
    while (std::isnan(rows.values[at(first)])) {
        ++first;
    }
    std::size_t filled = 0;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        if (!std::isnan(rows.values[at(row)])) {
            continue;
        }
        origins.resize(rows.values.size(), Origin::table);
        origins[at(row)] = row < first ? Origin::none : Origin::carried;
        rows.values[at(row)] = rows.values[at(row < first ? first : row - 1)];
        ++filled;
    }
    return filled;
}

}  // namespace trilby::data
