// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/choose.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "base/enum_name.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "data/describe.hpp"
#include "data/split.hpp"
#include "train/table/choose_target.hpp"
#include "train/table/columns.hpp"

namespace trilby::train::table {
namespace {

using data::ColumnType;

// Two cores take a minute and a half for this many operations.
constexpr double operations_limit = 8e12;
constexpr double fewest_epochs = 8.0;
constexpr double most_epochs = 100.0;

/// Wide tables have narrow embeddings, since each column has its own.
void choose_embedding(Settings& settings, std::int64_t columns) {
    settings.embedding_size = columns <= 32 ? 16 : columns <= 128 ? 8 : 4;
    settings.bins = columns <= 32 ? 48 : 16;
    settings.embedding = columns <= 512 ? EmbeddingKind::piecewise_linear : EmbeddingKind::none;
}

std::int64_t batch_size_for(std::int64_t rows) {
    return rows < 2'000 ? 64 : rows < 100'000 ? 128 : rows < 500'000 ? 256 : 1024;
}

double affordable_epochs(const Settings& settings, const TableShape& shape) {
    return operations_limit /
           (training_cost(settings, shape) * static_cast<double>(shape.training_rows));
}

/// The mean of the weights in the last few epochs is better than those of any one of them.
double average_for(std::int64_t batch_size, std::int64_t rows) {
    constexpr double averaged_epochs = 3.0;
    const double steps =
        averaged_epochs * static_cast<double>(rows) / static_cast<double>(batch_size);
    return std::min(0.9999, std::round(1e4 * (1.0 - 1.0 / steps)) / 1e4);
}

TableShape shape_of(const data::TableProfile& profile, const Settings& settings,
                    const ChosenTarget& target) {
    TableShape shape;
    const double part = 1.0 - settings.validation - settings.test;
    shape.training_rows =
        std::max<std::int64_t>(1, std::llround(part * static_cast<double>(profile.rows)));
    for (std::size_t i = 0; i < profile.columns.size(); ++i) {
        const data::Column& column = profile.columns[i];
        if (column.name == target.column) {
            const std::size_t levels = profile.profiles[i].levels().size();
            shape.outputs =
                target.type == ColumnType::category ? static_cast<std::int64_t>(levels) : 1;
        } else if (column.type == ColumnType::category) {
            ++shape.categories;
        } else if (column.type == ColumnType::date) {
            shape.numbers += 3;
        } else if (column.type == ColumnType::number) {
            ++shape.numbers;
        }
    }
    return shape;
}

std::map<std::string, std::string> types_of(const data::TableProfile& profile,
                                            const ChosenTarget& target) {
    std::map<std::string, std::string> types;
    for (const data::Column& column : profile.columns) {
        types[column.name] = enum_name(column.name == target.column ? target.type : column.type);
    }
    return types;
}

std::vector<std::string> decisions_for(const Settings& settings, const LoopSettings& loop,
                                       const ChosenTarget& target) {
    std::vector<std::string> decisions{
        fmt::format("target: {}, {}, {}", target.column,
                    target.type == ColumnType::category ? "a class" : "a number", target.reason)};
    if (settings.split == SplitKind::column) {
        decisions.push_back(
            fmt::format("parts: column '{}' says which row is for training, "
                        "validation or test",
                        settings.split_column));
    }
    decisions.push_back(
        fmt::format("network: {} members with {} layers of {}, {} embeddings of numbers",
                    settings.members, settings.depth, settings.width,
                    settings.embedding == EmbeddingKind::none ? "no" : "piecewise-linear"));
    decisions.push_back(fmt::format("training: {} epochs in batches of {} rows", loop.epochs,
                                    format_count(loop.batch_size)));
    return decisions;
}

/// What the user says of the data; an empty target is still open.
Result<Recipe> draft_recipe(const std::filesystem::path& path, const Wishes& wishes) {
    Settings settings;
    settings.path = path.string();
    settings.target = wishes.target.value_or("");
    Recipe recipe;
    recipe.name = path.stem().string();
    recipe.task = std::move(settings);
    return with_changes(recipe, wishes.data_changes);
}

bool names_parts(const data::Column& column, const data::ColumnProfile& profile) {
    constexpr std::array<std::string_view, 5> names{"part", "split", "set", "fold", "subset"};
    if (std::ranges::count(names, lower_case(column.name)) == 0 || profile.missing() > 0 ||
        column.type != ColumnType::category) {
        return false;
    }
    const auto parts = data::parts_named(column.levels);
    return parts && std::ranges::count(*parts, data::Part::training) == 1 && parts->size() >= 2;
}

/// Takes a column with the part of each row for the split, unless the user says otherwise.
void choose_split(Settings& known, const data::TableProfile& profile) {
    if (known.split != SplitKind::random || !known.validation_path.empty() ||
        !known.test_path.empty()) {
        return;
    }
    for (std::size_t i = 0; i < profile.columns.size(); ++i) {
        const std::string& name = profile.columns[i].name;
        if (name != known.target && !known.columns.contains(name) &&
            names_parts(profile.columns[i], profile.profiles[i])) {
            known.split = SplitKind::column;
            known.split_column = name;
            return;
        }
    }
}

/// The column with the parts is neither a target nor an input.
void leave_out_split(data::TableProfile& profile, const Settings& known) {
    const auto split = std::ranges::find(profile.columns, known.split_column, &data::Column::name);
    if (known.split == SplitKind::column && split != profile.columns.end()) {
        split->type = ColumnType::ignored;
        split->note = "it has the part of each row";
    }
}

/// A type that the user gives stays.
Result<ChosenTarget> choose_target_of(const data::TableProfile& profile, const Settings& known) {
    TRILBY_TRY(target, choose_target(profile, known.target.empty() ? std::nullopt
                                                                   : std::optional(known.target)));
    if (known.columns.contains(target.column)) {
        target.type = std::ranges::find(profile.columns, target.column, &data::Column::name)->type;
    }
    return std::move(target);
}

}  // namespace

double training_cost(const Settings& settings, const TableShape& shape) {
    constexpr double per_weight = 6.0;  // a product and a sum, forward and twice backward
    const auto width = static_cast<double>(settings.width);
    const auto size = static_cast<double>(settings.embedding_size);
    const auto numbers = static_cast<double>(shape.numbers);
    const bool has_bins = settings.embedding == EmbeddingKind::piecewise_linear;
    const double features =
        (has_bins ? numbers * size : numbers) + static_cast<double>(shape.categories) * size;
    const double weights = width * (features + static_cast<double>(settings.depth - 1) * width +
                                    static_cast<double>(shape.outputs));
    const double embedding = has_bins ? numbers * size * static_cast<double>(settings.bins) : 0.0;
    return per_weight * (static_cast<double>(settings.members) * weights + embedding);
}

void choose_size(Settings& settings, LoopSettings& loop, OptimizerSettings& optimizer,
                 const TableShape& shape) {
    choose_embedding(settings, shape.numbers + shape.categories);
    settings.depth = 2;
    settings.dropout = shape.training_rows < 20'000 ? 0.1 : 0.0;
    settings.members = 8;
    settings.width = 256;
    if (affordable_epochs(settings, shape) < fewest_epochs) {
        settings.members = 4;
    }
    if (affordable_epochs(settings, shape) < fewest_epochs) {
        settings.width = 128;
    }
    loop.batch_size = std::min(batch_size_for(shape.training_rows), shape.training_rows);
    loop.epochs = std::llround(std::clamp(affordable_epochs(settings, shape), 1.0, most_epochs));
    loop.average = average_for(loop.batch_size, shape.training_rows);
    optimizer.kind = OptimizerSettings::Kind::adamw;
    optimizer.learning_rate = loop.batch_size >= 128 ? 0.006 : 0.003;
    optimizer.weight_decay = 3e-4;
}

Result<Choice> choose(const std::filesystem::path& path, data::TableProfile profile,
                      const Wishes& wishes) {
    TRILBY_TRY(draft, draft_recipe(path, wishes));
    auto& known = std::get<Settings>(draft.task);
    TRILBY_TRY(columns, typed_columns(profile, known, draft));
    profile.columns = std::move(columns);
    choose_split(known, profile);
    leave_out_split(profile, known);
    TRILBY_TRY(target, choose_target_of(profile, known));
    Settings settings = known;
    settings.target = target.column;
    settings.columns = types_of(profile, target);
    if (settings.split == SplitKind::column) {
        settings.columns[settings.split_column] = enum_name(ColumnType::category);
    }
    Recipe recipe;
    choose_size(settings, recipe.training, recipe.optimizer, shape_of(profile, settings, target));
    recipe.name = draft.name;
    recipe.summary = fmt::format("{} from the other columns", target.column);
    recipe.schedule = {.kind = ScheduleSettings::Kind::cosine, .warmup_epochs = 1.0};
    recipe.task = std::move(settings);
    TRILBY_TRY(changed, with_changes(recipe, wishes.data_changes));
    return Choice{
        .recipe = changed,
        .decisions = decisions_for(std::get<Settings>(changed.task), changed.training, target)};
}

}  // namespace trilby::train::table
