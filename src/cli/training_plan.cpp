// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/training_plan.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/option_text.hpp"
#include "train/choose.hpp"
#include "train/data_location.hpp"
#include "train/exported_model.hpp"
#include "train/recipe_catalog.hpp"
#include "train/schedule.hpp"

namespace trilby::cli {
namespace {

/// Whether the operand is the path of data: it exists, and no recipe has this name.
Result<bool> is_data(const std::string& what) {
    std::error_code unknown;
    if (what.ends_with(".toml") || !std::filesystem::exists(what, unknown)) {
        return false;
    }
    if (what.find('/') != std::string::npos) {
        return true;
    }
    TRILBY_TRY(recipes, train::installed_recipes());
    return std::ranges::find(recipes, what, &train::InstalledRecipe::name) == recipes.end();
}

Result<TrainingPlan> plan_of_data(const PlanOptions& options) {
    if (options.data) {
        return failure(ErrorCode::usage, "--data is for recipes with a known data set",
                       "leave it out: the data are those at the path");
    }
    TRILBY_TRY(choice, train::choose(options.what, {options.task, options.target,
                                                    train::data_changes(options.changes)}));
    if (options.model) {
        TRILBY_TRY(fitted,
                   train::choose_for_model(std::move(choice), *options.model, options.changes));
        choice = std::move(fitted);
    }
    return TrainingPlan{std::move(choice.recipe), std::move(choice.decisions)};
}

/// A word with a slash or an ending, such as ".csv", is more likely a path of data than a recipe.
bool looks_like_data(const std::string& what) {
    return !what.ends_with(".toml") && what.find_first_of("/.") != std::string::npos;
}

Result<TrainingPlan> plan_of_recipe(const PlanOptions& options) {
    if (looks_like_data(options.what)) {
        return failure(
            ErrorCode::no_input, fmt::format("'{}' does not exist", printable(options.what, 400)),
            "give the path of your data, or one of the recipes of 'trilby train --list'");
    }
    if (options.target || options.task) {
        return failure(ErrorCode::usage, "--target and --task are for data without a recipe",
                       "a recipe has them as [data] target and as task; change it, or use --set");
    }
    TRILBY_TRY(path, train::find_recipe(options.what));
    TRILBY_TRY(recipe, train::read_recipe(path));
    recipe.other.model = options.model.value_or(recipe.other.model);
    return TrainingPlan{std::move(recipe), {}};
}

/// Applies the changes of the command line. The decisions mention them, since they were made
/// before.
void apply_overrides(TrainingPlan& plan, const PlanOptions& options) {
    train::LoopSettings& training = plan.recipe.training;
    if (options.epochs) {
        train::set_epochs(plan.recipe, *options.epochs);
    }
    training.batch_size = options.batch_size.value_or(training.batch_size);
    training.seed = options.seed.value_or(training.seed);
    training.weights = options.weights.value_or(training.weights);
    const std::string epochs = options.time_s ? "epochs: at most" : "epochs:";
    for (const auto& [what, value] : {std::pair(epochs, options.epochs),
                                      std::pair(std::string("batch size:"), options.batch_size),
                                      std::pair(std::string("seed:"), options.seed)}) {
        if (value && !plan.decisions.empty()) {
            plan.decisions.push_back(
                fmt::format("{} {}, as set on the command line", what, *value));
        }
    }
}

/// Whether --epochs or --set sets the number of epochs.
bool sets_epochs(const PlanOptions& options) {
    return options.epochs || std::ranges::any_of(options.changes, [](const std::string& change) {
               return trim(change.substr(0, change.find('='))) == "training.epochs";
           });
}

}  // namespace

void add_subject_options(CLI::App& parser, PlanOptions& options) {
    parser.add_option("WHAT", options.what,
                      "File or folder with your data; or name of an installed recipe, or path of "
                      "a recipe");
    parser
        .add_option("--model", options.model,
                    "Model to train in place of Trilby's network, written by torch.export.save()")
        ->type_name("FILE");
    parser
        .add_option("--weights", options.weights,
                    "Weights to start from, by name: safetensors, a state dict or a run")
        ->type_name("FILE");
    parser.add_option("--target", options.target, "Column to predict, of a table or a series")
        ->type_name("COLUMN");
    parser.add_option("--task", options.task, "Kind of the data, where it is not recognized")
        ->check(one_of({"images", "table", "text", "series"}))
        ->type_name("KIND");
    parser.add_option("--set", options.changes, "Change a setting of the recipe; may be repeated")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    parser.add_option("--data", options.data, "Folder with the files of the data set")
        ->type_name("DIR");
}

void add_loop_options(CLI::App& parser, PlanOptions& options) {
    parser
        .add_option("--epochs", options.epochs,
                    "Number of epochs, instead of the recipe's; with --time, the most")
        ->transform(whole_number(1, 1'000'000))
        ->type_name("N");
    parser
        .add_option("--batch-size", options.batch_size,
                    "Examples per step, instead of the recipe's")
        ->transform(whole_number(1, 1'000'000))
        ->type_name("N");
    parser
        .add_option("--seed", options.seed,
                    "Random seed, instead of the recipe's; the same seed repeats a run bit for bit")
        ->transform(whole_number(0))
        ->type_name("N");
}

CLI::Option* add_time_option(CLI::App& parser, PlanOptions& options, const std::string& meaning) {
    return add_duration_option(
        parser, "--time", [&options](double value) { options.time_s = value; }, meaning);
}

Result<TrainingPlan> plan_training(const PlanOptions& options) {
    if (options.what.empty()) {
        return failure(ErrorCode::usage, "there is nothing to train on",
                       "give a file or folder with your data, or one of the recipes of 'trilby "
                       "train --list', such as: trilby train fashion-mnist");
    }
    TRILBY_TRY(has_data, is_data(options.what));
    TRILBY_TRY(plan, has_data ? plan_of_data(options) : plan_of_recipe(options));
    apply_overrides(plan, options);
    TRILBY_TRY(changed, train::with_changes(plan.recipe, options.changes));
    plan.recipe = std::move(changed);
    if (sets_epochs(options)) {
        plan.most_epochs = plan.recipe.training.epochs;
    }
    TRILBY_TRY(complete,
               train::with_model_digest(train::with_absolute_paths(std::move(plan.recipe))));
    plan.recipe = std::move(complete);
    return std::move(plan);
}

}  // namespace trilby::cli
