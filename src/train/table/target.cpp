// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/target.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "base/try.hpp"
#include "base/units.hpp"

namespace trilby::train::table {
namespace {

using data::Part;

std::string_view word_for(Part part) {
    return part == Part::training ? "training" : part == Part::validation ? "validation" : "test";
}

/// How often each code occurs, by code.
std::vector<std::uint64_t> count_codes(const data::Column& column,
                                       std::span<const std::uint32_t> codes, const Rows& rows) {
    std::vector<std::uint64_t> counts(column.levels.size() + 1);
    for (const std::uint64_t row : rows) {
        ++counts[codes[row]];
    }
    return counts;
}

std::unexpected<Error> unlearned_class(const data::Column& column, std::size_t code,
                                       std::uint64_t rows, Part part) {
    return failure(
        ErrorCode::bad_data,
        fmt::format("the class '{}' of '{}' is in {} row{} of the {} part, but not in the "
                    "training part",
                    column.levels[code - 1], column.name, format_count(rows), rows == 1 ? "" : "s",
                    word_for(part)),
        "split at random, or leave these rows out");
}

Result<Target> fit_classes(const data::Column& column, std::span<const std::uint32_t> codes,
                           const PartRows& rows) {
    Target target{.column = column.name, .classes = {}};
    const auto learned = count_codes(column, codes, rows.training);
    for (std::size_t code = 1; code < learned.size(); ++code) {
        if (learned[code] > 0) {
            target.classes.push_back(column.levels[code - 1]);
        }
    }
    for (const Part part : {Part::validation, Part::test}) {
        const auto counts = count_codes(column, codes, rows.of(part));
        for (std::size_t code = 1; code < counts.size(); ++code) {
            if (counts[code] > 0 && learned[code] == 0) {
                return unlearned_class(column, code, counts[code], part);
            }
        }
    }
    if (target.classes.size() < 2) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has only one class in the training part: '{}'",
                                   column.name, target.classes.front()),
                       "give rows of at least two classes");
    }
    return target;
}

Result<void> check_positive(const std::string& name, const data::ColumnValues& values,
                            const Rows& rows, const TableFiles& files) {
    for (const std::uint64_t row : rows) {
        if (values.numbers[row] <= 0.0F) {
            return failure(ErrorCode::bad_data,
                           fmt::format("{} has {} as '{}', which has no logarithm",
                                       files.place_of(row), values.numbers[row], name),
                           "set data.log_target to false");
        }
    }
    return {};
}

Result<Target> fit_number(const std::string& name, const data::ColumnValues& values,
                          const PartRows& rows, const TableFiles& files, bool is_log) {
    if (is_log) {
        TRILBY_CHECK(check_positive(name, values, rows.all(), files));
    }
    Target target{.column = name, .classes = {}, .is_log = is_log};
    data::NumberSummary summary;
    for (const std::uint64_t row : rows.training) {
        summary.add(standardized(target, values.numbers[row]));
    }
    if (summary.minimum == summary.maximum) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' is {} in each row of the training part", name,
                                   in_own_unit(target, summary.mean)),
                       "choose another target");
    }
    target.mean = summary.mean;
    target.deviation = summary.deviation();
    return target;
}

}  // namespace

bool has_target(const data::ColumnValues& values, std::uint64_t row) {
    return values.codes.empty() ? !std::isnan(values.numbers[row]) : values.codes[row] != 0;
}

Result<Target> fit_target(const data::Column& column, const data::ColumnValues& values,
                          const PartRows& rows, const TableFiles& files, bool is_log) {
    return column.type == data::ColumnType::category
               ? fit_classes(column, values.codes, rows)
               : fit_number(column.name, values, rows, files, is_log);
}

ElementType target_type(const Target& target) {
    return target.is_class() ? ElementType::i32 : ElementType::f32;
}

void fill_classes(const Target& target, const data::Column& column,
                  const data::ColumnValues& values, std::span<const std::uint64_t> rows,
                  std::span<std::int32_t> classes) {
    std::vector<std::int32_t> class_of_code(column.levels.size() + 1);
    for (std::size_t code = 1; code < class_of_code.size(); ++code) {
        const auto found = std::ranges::find(target.classes, column.levels[code - 1]);
        class_of_code[code] = static_cast<std::int32_t>(found - target.classes.begin());
    }
    std::ranges::transform(rows, classes.begin(),
                           [&](std::uint64_t row) { return class_of_code[values.codes[row]]; });
}

void fill_numbers(const Target& target, const data::ColumnValues& values,
                  std::span<const std::uint64_t> rows, std::span<float> numbers) {
    std::ranges::transform(rows, numbers.begin(), [&](std::uint64_t row) {
        return static_cast<float>(standardized(target, values.numbers[row]));
    });
}

}  // namespace trilby::train::table
