// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What `trilby train` and `trilby tune` are asked to do: from a recipe or from the data alone to a
/// recipe and its data.

#pragma once

#include <CLI/App.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

/// Values of the command line.
struct PlanOptions {
    std::string what;  ///< name or path of a recipe, or path of data
    std::optional<std::string> data;
    std::optional<std::string> model;
    std::optional<std::string> weights;
    std::optional<std::string> task;
    std::optional<std::string> target;
    std::optional<std::int64_t> epochs;
    std::optional<std::int64_t> batch_size;
    std::optional<std::int64_t> seed;
    std::optional<double> time_s;      ///< then `epochs` is a limit
    std::vector<std::string> changes;  ///< of --set

    /// Whether any option but --data and --time is given, which a resumed run takes from its
    /// recipe.
    [[nodiscard]] bool says_what_to_train() const {
        return !what.empty() || model || weights || task || target || epochs || batch_size ||
               seed || !changes.empty();
    }
};

/// Adds WHAT, --model, --weights, --target, --task, --set and --data. Here and below, the values
/// must outlive `parser`.
void add_subject_options(CLI::App& parser, PlanOptions& options);
/// Adds --epochs, --batch-size and --seed.
void add_loop_options(CLI::App& parser, PlanOptions& options);
/// Adds --time. Returns the option.
CLI::Option* add_time_option(CLI::App& parser, PlanOptions& options, const std::string& meaning);

struct TrainingPlan {
    train::Recipe recipe;
    std::vector<std::string> decisions;  ///< for data without a recipe
    /// The epochs that the command line sets, which --time does not exceed.
    std::optional<std::int64_t> most_epochs = {};
};

/// ErrorCode::usage for options that do not fit what is trained.
[[nodiscard]] Result<TrainingPlan> plan_training(const PlanOptions& options);

}  // namespace trilby::cli
