// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/part_rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <numeric>
#include <string_view>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/split.hpp"
#include "train/table/target.hpp"

namespace trilby::train::table {
namespace {

using data::Part;

Rows rows_with_target(const data::ColumnValues& target, const data::Range& range) {
    Rows rows;
    for (auto row = static_cast<std::uint64_t>(range.first);
         row < static_cast<std::uint64_t>(range.last); ++row) {
        if (has_target(target, row)) {
            rows.push_back(row);
        }
    }
    return rows;
}

std::vector<std::uint32_t> codes_of(const data::ColumnValues& column, const Rows& rows) {
    std::vector<std::uint32_t> codes(rows.size());
    std::ranges::transform(rows, codes.begin(),
                           [&](std::uint64_t row) { return column.codes[row]; });
    return codes;
}

/// Takes the same share of each class if the target has classes.
data::Split random_split(const Rows& rows, const data::ColumnValues& target,
                         data::SplitFractions fractions, std::int64_t seed) {
    const auto unsigned_seed = static_cast<std::uint64_t>(seed);
    return target.codes.empty()
               ? data::split_at_random(rows.size(), fractions, unsigned_seed)
               : data::split_classes_at_random(codes_of(target, rows), fractions, unsigned_seed);
}

void append(Rows& to, const Rows& more) {
    to.insert(to.end(), more.begin(), more.end());
}

Rows chosen(const Rows& rows, const data::Split& split, Part part) {
    Rows found;
    for (const std::uint64_t index : data::rows_of(split, part)) {
        found.push_back(rows[index]);
    }
    return found;
}

/// A part that has a file of its own takes no rows from the table.
data::SplitFractions fractions_of(const Settings& settings) {
    return {.validation = settings.validation_path.empty() ? settings.validation : 0.0,
            .test = settings.test_path.empty() ? settings.test : 0.0};
}

Result<data::Split> split_by_column(const data::Column& column, const data::ColumnValues& words,
                                    const Rows& rows, const TableFiles& files) {
    for (const std::uint64_t row : rows) {
        if (words.codes[row] == 0) {
            return failure(
                ErrorCode::bad_data,
                fmt::format("{} does not say in '{}' to which part of the data it belongs",
                            files.place_of(row), column.name),
                "write 'train', 'valid' or 'test' there, or remove the row");
        }
    }
    return data::split_by_words(codes_of(words, rows), column.levels);
}

Result<data::Split> split_table(const Settings& settings, const UsedColumns& used,
                                const data::TableValues& values, const Rows& rows,
                                const TableFiles& files) {
    const data::ColumnValues& target = values.columns[used.inputs.size()];
    switch (settings.split) {
        case SplitKind::in_order:
            return data::split_in_order(rows.size(), fractions_of(settings));
        case SplitKind::column:
            return split_by_column(*used.split, values.columns.back(), rows, files);
        case SplitKind::random:
            break;
    }
    return random_split(rows, target, fractions_of(settings), settings.split_seed);
}

/// A column may have no word for validation, or for the test.
void take_missing(PartRows& parts, const Settings& settings, const data::ColumnValues& target) {
    const data::SplitFractions all = fractions_of(settings);
    const data::SplitFractions missing{
        .validation = parts.validation.empty() ? all.validation : 0.0,
        .test = parts.test.empty() ? all.test : 0.0};
    const data::Split split = random_split(parts.training, target, missing, settings.split_seed);
    append(parts.validation, chosen(parts.training, split, Part::validation));
    append(parts.test, chosen(parts.training, split, Part::test));
    parts.training = chosen(parts.training, split, Part::training);
}

Result<void> check_not_empty(const Rows& rows, std::string_view part, std::string_view hint) {
    return !rows.empty() ? Result<void>()
                         : failure(ErrorCode::bad_data,
                                   fmt::format("the {} part has no rows with a target", part),
                                   std::string(hint));
}

std::string_view words_for(SplitKind split) {
    return split == SplitKind::random     ? "at random"
           : split == SplitKind::in_order ? "in the order of the file"
                                          : "as a column says";
}

}  // namespace

std::string TableFiles::place_of(std::uint64_t row) const {
    const auto at = static_cast<std::int64_t>(row);
    const TableFile& file = at < training.rows.last     ? training
                            : at < validation.rows.last ? validation
                                                        : test;
    return fmt::format("row {} of '{}'", at - file.rows.first + 1, file.path.string());
}

const Rows& PartRows::of(Part part) const {
    return part == Part::training ? training : part == Part::validation ? validation : test;
}

Rows PartRows::all() const {
    Rows rows = training;
    append(rows, validation);
    append(rows, test);
    return rows;
}

data::Parts PartRows::ranges() const {
    const auto end_of_training = static_cast<std::int64_t>(training.size());
    const auto end_of_validation = end_of_training + static_cast<std::int64_t>(validation.size());
    const auto end = end_of_validation + static_cast<std::int64_t>(test.size());
    return {.training = {0, end_of_training},
            .validation = {end_of_training, end_of_validation},
            .test = {end_of_validation, end}};
}

Result<PartRows> divide_rows(const Settings& settings, const UsedColumns& used,
                             const data::TableValues& values, const TableFiles& files) {
    const data::ColumnValues& target = values.columns[used.inputs.size()];
    const Rows rows = rows_with_target(target, files.training.rows);
    TRILBY_TRY(split, split_table(settings, used, values, rows, files));
    PartRows parts{.training = chosen(rows, split, Part::training),
                   .validation = chosen(rows, split, Part::validation),
                   .test = chosen(rows, split, Part::test)};
    append(parts.validation, rows_with_target(target, files.validation.rows));
    append(parts.test, rows_with_target(target, files.test.rows));
    if (parts.validation.empty() || parts.test.empty()) {
        take_missing(parts, settings, target);
    }
    TRILBY_CHECK(check_not_empty(parts.training, "training", "give more rows"));
    TRILBY_CHECK(check_not_empty(parts.validation, "validation",
                                 "give more rows, or increase data.validation"));
    TRILBY_CHECK(check_not_empty(parts.test, "test", "give more rows, or increase data.test"));
    return parts;
}

std::string note_on_parts(const Settings& settings, const PartRows& rows) {
    return fmt::format("{} rows for training, {} for validation and {} for the test, {}",
                       format_count(rows.training.size()), format_count(rows.validation.size()),
                       format_count(rows.test.size()), words_for(settings.split));
}

}  // namespace trilby::train::table
