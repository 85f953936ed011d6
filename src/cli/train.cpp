// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>

#include "base/presence.hpp"
#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/chosen_backend.hpp"
#include "cli/command.hpp"
#include "cli/option_text.hpp"
#include "cli/output_style.hpp"
#include "cli/training_view.hpp"
#include "install/folders.hpp"
#include "platform/file_tree.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/layout.hpp"
#include "train/launch.hpp"
#include "train/recipe_catalog.hpp"
#include <trilby/probe.hpp>

namespace trilby::cli {
namespace {

struct TrainOptions {
    std::string recipe;
    std::string shown_recipe;
    bool list_recipes = false;
    std::optional<std::string> resume;
    std::optional<std::string> data;
    std::optional<std::string> output;
    DeviceOptions computing;
    std::optional<std::int64_t> epochs;
    std::optional<std::int64_t> batch_size;
    std::optional<std::int64_t> seed;
    std::int64_t timeout_s = 300;
    bool as_json = false;
};

/// A run that is ready to start.
struct PreparedRun {
    train::RunFolder folder;
    train::PreparedData data;
    train::SessionOptions launch;
    std::string backend;
};

Result<void> print_recipes(bool as_json) {
    TRILBY_TRY(all, train::installed_recipes());
    json::array recipes;
    for (const train::InstalledRecipe& installed : all) {
        TRILBY_TRY(recipe, train::read_recipe(installed.path));
        if (as_json) {
            recipes.push_back({{"name", installed.name},
                               {"summary", recipe.summary},
                               {"path", installed.path.string()}});
        } else {
            constexpr std::size_t name_columns = 25;
            print(report::row(installed.name, recipe.summary, output_style(), name_columns));
        }
    }
    if (as_json) {
        print(json_text({{"schema", 1}, {"recipes", std::move(recipes)}}));
    }
    return {};
}

Result<void> print_recipe(const std::string& name) {
    TRILBY_TRY(path, train::find_recipe(name));
    TRILBY_CHECK(train::read_recipe(path));  // reports an invalid recipe
    const std::string file = std::filesystem::absolute(path).string();
    const auto text = platform::FileTree().read(file);
    if (!text) {
        return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read: it {}", file,
                                                        why_missing(text.presence())));
    }
    print(SafeText::lines(*text));
    return {};
}

void apply_overrides(train::Recipe& recipe, const TrainOptions& options) {
    recipe.training.epochs = options.epochs.value_or(recipe.training.epochs);
    recipe.training.batch_size = options.batch_size.value_or(recipe.training.batch_size);
    recipe.training.seed = options.seed.value_or(recipe.training.seed);
}

Result<train::Recipe> chosen_recipe(const TrainOptions& options) {
    if (options.recipe.empty()) {
        return failure(ErrorCode::usage, "a recipe is missing",
                       "'trilby train --list' shows the installed ones; for example: trilby train "
                       "fashion-mnist");
    }
    TRILBY_TRY(path, train::find_recipe(options.recipe));
    TRILBY_TRY(recipe, train::read_recipe(path));
    apply_overrides(recipe, options);
    return std::move(recipe);
}

/// A resumed run keeps its recipe.
Result<void> check_resume(const TrainOptions& options) {
    if (!options.recipe.empty() || options.output || options.epochs || options.batch_size ||
        options.seed) {
        return failure(ErrorCode::usage,
                       "--resume takes recipe, folder and settings from the earlier run",
                       "leave out RECIPE, --output, --epochs, --batch-size and --seed");
    }
    return {};
}

train::SessionOptions launch_options(const TrainOptions& options, const Machine& machine) {
    train::SessionOptions launch;
    launch.worker_program = install::worker_program();
    launch.device = options.computing.device;
    launch.threads = thread_count(options.computing.threads, machine);
    launch.silence_limit = std::chrono::seconds(options.timeout_s);
    return launch;
}

/// Warns about settings that are allowed but probably not intended.
void warn_of_waste(const TrainOptions& options, const train::Recipe& recipe,
                   const train::PreparedData& data, const Machine& machine) {
    const std::int64_t usable = machine.cpu.usable_cpus.value_or(1);
    if (options.computing.threads.value_or(0) > usable) {
        print_to(stderr,
                 "trilby: warning: {} threads share {} usable CPU{}, which makes all of them "
                 "slower\n",
                 *options.computing.threads, usable, usable == 1 ? "" : "s");
    }
    const std::int64_t examples = data.parts.training.size();
    if (recipe.training.batch_size > examples) {
        print_to(stderr,
                 "trilby: warning: a batch of {} is larger than the {} training examples: each "
                 "epoch is a single step\n",
                 recipe.training.batch_size, examples);
    }
}

/// The folder of --resume; nothing for a new run.
Result<std::optional<train::RunFolder>> earlier_run(const TrainOptions& options) {
    if (!options.resume) {
        return std::nullopt;
    }
    TRILBY_CHECK(check_resume(options));
    TRILBY_TRY(folder, train::RunFolder::reopen(*options.resume));
    return std::move(folder);
}

/// Checks everything that can fail before a folder is created or a process starts.
Result<PreparedRun> prepare(const TrainOptions& options, std::optional<train::RunFolder> folder) {
    TRILBY_TRY(recipe, folder ? Result<train::Recipe>(folder->recipe()) : chosen_recipe(options));
    TRILBY_TRY(data, train::prepare(recipe, options.data));
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    warn_of_waste(options, recipe, data, chosen.machine);
    train::SessionOptions launch = launch_options(options, chosen.machine);
    launch.backend_module = chosen.module;
    if (!folder) {  // last: an exception after this would leave it behind
        TRILBY_TRY(created, train::RunFolder::create(recipe, options.output));
        folder = std::move(created);
    }
    return PreparedRun{std::move(*folder), std::move(data), std::move(launch),
                       std::move(chosen.name)};
}

std::filesystem::path shown(const std::filesystem::path& path) {
    std::error_code ignored;  // without the current folder, the whole path is shown
    const std::filesystem::path relative =
        path.lexically_relative(std::filesystem::current_path(ignored));
    return relative.empty() || *relative.begin() == ".." ? path : relative;
}

int report_failure(const worker::Failure& failure, const PreparedRun& run, bool as_json) {
    Error error = failure.error;
    if (failure.outcome == worker::Outcome::cancelled && run.folder.can_be_resumed()) {
        error.hint = fmt::format("continue with: trilby train --resume {}",
                                 shell_word(shown(run.folder.path()).string()));
    }
    const int exit_code = report::print_error(error, as_json);
    if (failure.outcome != worker::Outcome::cancelled && !failure.output.empty()) {
        print_to(stderr, "trilby: the last output of the worker was:\n{}",
                 SafeText::quoted_lines(failure.output));
    }
    return exit_code;
}

void print_json(json::object result, const train::RunFolder& folder) {
    json::object document{{"schema", 1}, {"run", folder.path().string()}};
    for (auto& [key, value] : result) {
        document[key] = std::move(value);
    }
    print(json_text(document));
}

/// `earlier` is the run to resume, if there is one.
int start_or_continue(const TrainOptions& options, std::optional<train::RunFolder> earlier,
                      platform::InterruptWatch& interrupts) {
    auto prepared = prepare(options, std::move(earlier));
    if (!prepared) {
        return report::print_error(prepared.error(), options.as_json);
    }
    train::TidyUnlessFinished folder(prepared->folder);
    // With --json, standard output is only for the document at the end.
    std::FILE* const out = options.as_json ? stderr : stdout;
    print_to(out, "recipe      {}\nbackend     {}\ndata        {}\nrun         {}\n",
             prepared->folder.recipe().name, prepared->backend, prepared->data.source.string(),
             shown(prepared->folder.path()).string());
    std::fflush(out);

    TrainingView view(out);
    prepared->launch.interrupts = &interrupts;
    prepared->launch.on_cancel = [&] {
        view.clear_bar();
        print_to(stderr, "trilby: stopping after this step; Ctrl-C again ends at once\n");
    };
    const auto result = train::launch(prepared->folder, prepared->data, prepared->launch,
                                      [&](const train::Event& event) { view.show(event); });
    view.clear_bar();
    if (!result) {
        return report_failure(result.error(), *prepared, options.as_json);
    }
    folder.finished();
    view.show_result(*result);
    print_to(out, "checkpoint  {}\nmetrics     {}\n",
             shown(prepared->folder.checkpoint_file()).string(),
             shown(prepared->folder.metrics_file()).string());
    if (options.as_json) {
        json::object document = to_json(*result);
        document["backend"] = prepared->backend;
        print_json(std::move(document), prepared->folder);
    }
    return 0;
}

/// The result of the earlier run; nothing if it has not ended.
Result<std::optional<json::object>> result_of(const std::optional<train::RunFolder>& earlier) {
    return earlier ? earlier->result() : std::nullopt;
}

int show_ended(json::object result, const train::RunFolder& folder, bool as_json) {
    const auto ended = train::parse_result(result);
    if (!ended) {
        return report::print_error(ended.error(), as_json);
    }
    if (as_json) {
        print_json(std::move(result), folder);
    } else {
        print("this run has ended: {}\n", result_in_words(*ended));
    }
    return 0;
}

int run_training(const TrainOptions& options) {
    // First: a closed pipe or Ctrl-C must not leave anything in the folder.
    platform::InterruptWatch interrupts;
    auto earlier = earlier_run(options);
    if (!earlier) {
        return report::print_error(earlier.error(), options.as_json);
    }
    auto ended = result_of(*earlier);
    if (!ended) {
        return report::print_error(ended.error(), options.as_json);
    }
    return *ended ? show_ended(std::move(**ended), **earlier, options.as_json)
                  : start_or_continue(options, std::move(*earlier), interrupts);
}

int run(const TrainOptions& options) {
    if (options.list_recipes || !options.shown_recipe.empty()) {
        const auto printed = options.list_recipes ? print_recipes(options.as_json)
                                                  : print_recipe(options.shown_recipe);
        return printed ? 0 : report::print_error(printed.error(), options.as_json);
    }
    return run_training(options);
}

}  // namespace

Command train_command(CLI::App& trilby) {
    auto options = std::make_shared<TrainOptions>();
    CLI::App* parser = trilby.add_subcommand("train", "Train a network from a recipe");
    parser->add_option("RECIPE", options->recipe, "Name of an installed recipe, or path of a file");
    parser->add_flag("--list", options->list_recipes, "List the installed recipes and exit");
    parser
        ->add_option("--show", options->shown_recipe, "Print a recipe, to copy and edit, and exit")
        ->type_name("RECIPE");
    parser->add_option("--resume", options->resume, "Continue the run in this folder")
        ->type_name("DIR");
    parser->add_option("--data", options->data, "Folder with the files of the data set")
        ->type_name("DIR");
    parser->add_option("--output", options->output, "Folder for the run")
        ->type_name("DIR")
        ->default_str("runs/RECIPE-N");
    add_device_options(*parser, options->computing);
    parser->add_option("--epochs", options->epochs, "Number of epochs, instead of the recipe's")
        ->transform(whole_number(1, 1'000'000))
        ->type_name("N");
    parser
        ->add_option("--batch-size", options->batch_size,
                     "Images per step, instead of the recipe's")
        ->transform(whole_number(1, 1'000'000))
        ->type_name("N");
    parser
        ->add_option(
            "--seed", options->seed,
            "Random seed, instead of the recipe's; the same seed repeats a run bit for bit")
        ->transform(whole_number(0))
        ->type_name("N");
    parser
        ->add_option("--timeout", options->timeout_s,
                     "Give up if the worker is silent for this long")
        ->transform(whole_number(1, 86'400))
        ->type_name("SECONDS")
        ->capture_default_str();
    parser->add_flag("--json", options->as_json,
                     "Print the result as JSON; progress goes to stderr");
    return {parser, [options] { return run(*options); }};
}

}  // namespace trilby::cli
