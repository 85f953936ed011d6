// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/inputs.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>

namespace trilby::train::table {
namespace {

using data::Column;
using data::ColumnType;
using data::ColumnValues;

std::vector<NumberPart> parts_of(ColumnType type) {
    switch (type) {
        case ColumnType::number:
            return {NumberPart::value, NumberPart::missing};
        case ColumnType::date:
            return {NumberPart::time, NumberPart::day_of_year, NumberPart::weekday,
                    NumberPart::hour, NumberPart::missing};
        case ColumnType::category:
        case ColumnType::ignored:
            break;
    }
    return {};
}

double part_of_date(double seconds, NumberPart part) {
    using namespace std::chrono;
    const sys_seconds moment(std::chrono::seconds(static_cast<std::int64_t>(std::floor(seconds))));
    const sys_days midnight = floor<days>(moment);
    const sys_days new_year = year_month_day(midnight).year() / January / 1;
    switch (part) {
        case NumberPart::day_of_year:
            return static_cast<double>((midnight - new_year).count());
        case NumberPart::weekday:
            return weekday(midnight).iso_encoding() - 1.0;
        case NumberPart::hour:
            return duration<double, std::ratio<3600>>(moment - midnight).count();
        default:
            return seconds;
    }
}

double number_at(const ColumnValues& values, NumberPart part, std::uint64_t row) {
    const double value = values.numbers.empty() ? values.seconds[row] : values.numbers[row];
    if (part == NumberPart::missing) {
        return std::isnan(value) ? 1.0 : 0.0;
    }
    return part == NumberPart::value || std::isnan(value) ? value : part_of_date(value, part);
}

/// Empty if no value is finite.
Curve curve_of(const ColumnValues& values, NumberPart part, std::span<const std::uint64_t> rows) {
    std::vector<float> numbers;
    numbers.reserve(rows.size());
    for (const std::uint64_t row : rows) {
        const double number = number_at(values, part, row);
        if (!std::isnan(number)) {
            numbers.push_back(static_cast<float>(number));
        }
    }
    return fit_normal_scores(std::move(numbers));
}

void keep_frequent_levels(Column& column, std::span<std::uint32_t> codes,
                          std::span<const std::uint64_t> rows) {
    constexpr std::uint64_t frequent = 2;
    std::vector<std::uint64_t> counts(column.levels.size() + 1);
    for (const std::uint64_t row : rows) {
        ++counts[codes[row]];
    }
    std::vector<std::uint32_t> new_codes(counts.size());
    std::vector<std::string> kept;
    for (std::size_t code = 1; code < counts.size(); ++code) {
        if (counts[code] >= frequent) {
            kept.push_back(std::move(column.levels[code - 1]));
            new_codes[code] = static_cast<std::uint32_t>(kept.size());
        }
    }
    column.levels = std::move(kept);
    std::ranges::transform(codes, codes.begin(),
                           [&](std::uint32_t code) { return new_codes[code]; });
}

const ColumnValues& values_of(const Schema& schema, const data::TableValues& values,
                              const std::string& name) {
    const auto column = std::ranges::find(schema.columns, name, &Column::name);
    return values.columns[static_cast<std::size_t>(column - schema.columns.begin())];
}

}  // namespace

void keep_frequent_levels(std::vector<Column>& columns, data::TableValues& values,
                          std::span<const std::uint64_t> rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].type == ColumnType::category) {
            keep_frequent_levels(columns[i], values.columns[i].codes, rows);
        }
    }
}

std::vector<NumberInput> number_inputs(const std::vector<Column>& columns,
                                       const data::TableValues& values,
                                       std::span<const std::uint64_t> rows) {
    std::vector<NumberInput> inputs;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        for (const NumberPart part : parts_of(columns[i].type)) {
            Curve curve = curve_of(values.columns[i], part, rows);
            if (curve.size() > 1) {
                inputs.push_back({columns[i].name, part, std::move(curve)});
            }
        }
    }
    return inputs;
}

namespace {

void fill_some(const Schema& schema, const data::TableValues& values,
               std::span<const std::uint64_t> rows, std::span<float> numbers,
               std::span<std::int32_t> codes) {
    const std::size_t width = schema.numbers.size();
    for (std::size_t i = 0; i < width; ++i) {
        const NumberInput& input = schema.numbers[i];
        const ColumnValues& column = values_of(schema, values, input.column);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const double number = number_at(column, input.part, rows[row]);
            numbers[row * width + i] = static_cast<float>(score_at(input.curve, number));
        }
    }
    const std::size_t categories = level_counts(schema).size();
    std::size_t category = 0;
    for (std::size_t i = 0; i < schema.columns.size(); ++i) {
        if (schema.columns[i].type != ColumnType::category) {
            continue;
        }
        for (std::size_t row = 0; row < rows.size(); ++row) {
            codes[row * categories + category] =
                static_cast<std::int32_t>(values.columns[i].codes[rows[row]]);
        }
        ++category;
    }
}

}  // namespace

/// Few rows at once, for all columns, so that each page of arrays on a disk is written once.
void fill_inputs(const Schema& schema, const data::TableValues& values,
                 std::span<const std::uint64_t> rows, std::span<float> numbers,
                 std::span<std::int32_t> codes) {
    constexpr std::size_t rows_at_once = 8192;
    const std::size_t width = schema.numbers.size();
    const std::size_t categories = level_counts(schema).size();
    for (std::size_t first = 0; first < rows.size(); first += rows_at_once) {
        const std::size_t count = std::min(rows_at_once, rows.size() - first);
        fill_some(schema, values, rows.subspan(first, count),
                  numbers.subspan(first * width, count * width),
                  codes.subspan(first * categories, count * categories));
    }
}

}  // namespace trilby::train::table
