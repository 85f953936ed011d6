// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/data.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "data/table_profile.hpp"
#include "train/table/baselines.hpp"
#include "train/table/columns.hpp"
#include "train/table/inputs.hpp"
#include "train/table/part_rows.hpp"
#include "train/table/target.hpp"
#include "train/table/unknown_values.hpp"

namespace trilby::train::table {
namespace {

using Path = std::filesystem::path;

/// The values of all files, and which rows are of which file.
struct AllRows {
    data::TableValues values;
    TableFiles files;
    std::vector<std::string> notes = {};
};

Path located(const std::string& path, const std::optional<Path>& folder) {
    return folder ? *folder / path : Path(path);
}

/// A class that the table lacks cannot be learned. Without its rows the accuracy would look better
/// than it is.
Result<void> check_classes(const data::Column& target, const data::ColumnValues& values,
                           const Path& path) {
    if (target.type != data::ColumnType::category || values.unknown == 0) {
        return {};
    }
    return failure(
        ErrorCode::bad_data,
        fmt::format("row {} of '{}' has '{}' as '{}', a class that no row for training has",
                    values.first_unknown_row + 1, path.string(),
                    printable(values.first_unknown, 40), target.name),
        "leave such rows out, or add rows of this class to the table for training");
}

/// Appends the rows of the file, if there is one. The target is the last of the columns.
Result<TableFile> read_more(const std::string& name, const std::optional<Path>& folder,
                            const std::vector<data::Column>& columns, AllRows& all) {
    const auto first = static_cast<std::int64_t>(all.values.rows);
    const Path path = located(name, folder);
    if (!name.empty()) {
        TRILBY_TRY(more, data::read_table(path, columns));
        TRILBY_CHECK(check_classes(columns.back(), more.columns.back(), path));
        if (const std::string note = note_on_unknown(columns, more); !note.empty()) {
            all.notes.push_back(fmt::format("in '{}', {}", path.string(), note));
        }
        data::append(all.values, more);
    }
    return TableFile{path, {first, static_cast<std::int64_t>(all.values.rows)}};
}

Result<AllRows> read_rows(const Settings& settings, const std::optional<Path>& folder,
                          const UsedColumns& used, std::uint64_t rows) {
    AllRows all;
    const Path path = located(settings.path, folder);
    TRILBY_TRY(values, data::read_table(path, used.all(), {.expected_rows = rows}));
    all.values = std::move(values);
    all.files.training = {path, {0, static_cast<std::int64_t>(all.values.rows)}};
    std::vector<data::Column> columns = used.inputs;
    columns.push_back(used.target);
    TRILBY_TRY(validation, read_more(settings.validation_path, folder, columns, all));
    TRILBY_TRY(test, read_more(settings.test_path, folder, columns, all));
    all.files.validation = std::move(validation);
    all.files.test = std::move(test);
    return all;
}

/// Columns may have one value in the training part, though they have more in the file.
Result<void> check_inputs(const Schema& schema) {
    const std::vector<std::int64_t> levels = level_counts(schema);
    const bool has_levels =
        std::ranges::any_of(levels, [](std::int64_t count) { return count > 0; });
    return has_levels || !schema.numbers.empty()
               ? Result<void>()
               : failure(ErrorCode::bad_data,
                         "no column has two different values in the training part",
                         "give more rows");
}

/// Targets have 32 bits, about 7 digits.
Result<void> check_digits(const data::TableProfile& profile, const data::Column& target) {
    constexpr double least_deviation = 1e-6;  // of the mean
    const auto at = std::ranges::find(profile.columns, target.name, &data::Column::name);
    const data::NumberSummary& numbers =
        profile.profiles[static_cast<std::size_t>(at - profile.columns.begin())].numbers();
    if (target.type != data::ColumnType::number || numbers.minimum == numbers.maximum ||
        numbers.deviation() >= std::abs(numbers.mean) * least_deviation) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}' varies by {:.3g} around {:.10g}, which 32 bits cannot hold",
                               target.name, numbers.deviation(), numbers.mean),
                   fmt::format("subtract {:.10g} from the column", numbers.minimum));
}

void fill_inputs(const Schema& schema, const data::TableValues& values, const Rows& rows,
                 const SharedArrays& arrays) {
    fill_inputs(schema, values, rows, arrays.elements<float>("numbers"),
                arrays.elements<std::int32_t>("codes"));
}

/// Fills the targets, from which the baselines follow.
std::vector<Baseline> fill_targets(const Target& target, const data::Column& column,
                                   const data::ColumnValues& values, const PartRows& rows,
                                   const SharedArrays& arrays) {
    if (target.is_class()) {
        const auto classes = arrays.elements<std::int32_t>("targets");
        fill_classes(target, column, values, rows.all(), classes);
        return class_baselines(target, classes, rows.ranges());
    }
    const auto numbers = arrays.elements<float>("targets");
    fill_numbers(target, values, rows.all(), numbers);
    return number_baselines(target, numbers, rows.ranges());
}

std::vector<std::string> notes_on(const Settings& settings,
                                  const std::vector<data::Column>& columns, const AllRows& all,
                                  const PartRows& rows) {
    std::vector<std::string> notes{note_on_parts(settings, rows)};
    if (std::string ignored = note_on_ignored(columns); !ignored.empty()) {
        notes.push_back(std::move(ignored));
    }
    if (const std::size_t left_out = all.values.rows - rows.all().size(); left_out > 0) {
        notes.push_back(fmt::format("{} rows without '{}' are left out", format_count(left_out),
                                    settings.target));
    }
    std::ranges::copy(all.notes, std::back_inserter(notes));
    return notes;
}

}  // namespace

Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                             const std::optional<Path>& folder) {
    const Path path = located(settings.path, folder);
    TRILBY_TRY(profile, data::profile_table(path));
    TRILBY_TRY(columns, typed_columns(profile, settings, recipe));
    TRILBY_TRY(used, used_columns(columns, settings, recipe));
    TRILBY_CHECK(check_digits(profile, used.target));
    TRILBY_TRY(all, read_rows(settings, folder, used, profile.rows));
    const data::ColumnValues& targets = all.values.columns[used.inputs.size()];
    TRILBY_TRY(rows, divide_rows(settings, used, all.values, all.files));
    TRILBY_TRY(target, fit_target(used.target, targets, rows, all.files, settings.log_target));
    keep_frequent_levels(used.inputs, all.values, rows.training);
    Schema schema{.columns = used.inputs,
                  .numbers = number_inputs(used.inputs, all.values, rows.training),
                  .target = target};
    TRILBY_CHECK(check_inputs(schema));
    const Rows in_order = rows.all();
    TRILBY_TRY(
        arrays,
        reserve_inputs(
            schema, in_order.size(),
            {{"targets", target_type(target), {static_cast<std::int64_t>(in_order.size())}}}));
    fill_inputs(schema, all.values, in_order, arrays);
    auto baselines = fill_targets(target, used.target, targets, rows, arrays);
    return PreparedData{.source = path,
                        .schema = to_json(schema),
                        .arrays = std::move(arrays),
                        .parts = rows.ranges(),
                        .baselines = std::move(baselines),
                        .notes = notes_on(settings, columns, all, rows)};
}

Result<SharedArrays> reserve_inputs(const Schema& schema, std::size_t rows,
                                    std::vector<ArrayLayout> others) {
    const auto count = static_cast<std::int64_t>(rows);
    const auto numbers = static_cast<std::int64_t>(schema.numbers.size());
    const auto categories = static_cast<std::int64_t>(level_counts(schema).size());
    others.push_back({"numbers", ElementType::f32, {count, numbers}});
    others.push_back({"codes", ElementType::i32, {count, categories}});
    return SharedArrays::reserve(std::move(others));
}

}  // namespace trilby::train::table
