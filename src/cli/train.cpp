// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <poll.h>
#include <string>

#include "base/print.hpp"
#include "base/try.hpp"
#include "cli/chosen_backend.hpp"
#include "cli/command.hpp"
#include "cli/examination_text.hpp"
#include "cli/job_options.hpp"
#include "cli/learning_rate.hpp"
#include "cli/option_text.hpp"
#include "cli/processes.hpp"
#include "cli/recipe_output.hpp"
#include "cli/run_dashboard.hpp"
#include "cli/training_display.hpp"
#include "cli/training_plan.hpp"
#include "cli/training_start.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/training_view.hpp"
#include "train/documents.hpp"
#include "train/launch.hpp"
#include "train/preview.hpp"
#include "train/time_budget.hpp"
#include <trilby/probe.hpp>

namespace trilby::cli {
namespace {

struct TrainOptions : JobOptions {
    PlanOptions plan;
    std::string shown_recipe;
    bool list_recipes = false;
    bool is_dry_run = false;
    bool finds_learning_rate = false;
    std::optional<std::string> resume;
    std::optional<std::string> output;
    std::int64_t verify_every = 0;
    bool writes_events = false;
    bool has_dashboard = false;
    train::Saving saving;
    ProcessOptions processes;
};

/// What is known before a run has its folder.
struct Preparation {
    TrainingPlan plan;
    train::PreparedData data;
    train::SessionOptions session;
    std::string backend;
    train::TrainingMachine machine;
    Processes processes;
    std::optional<double> time_limit_s = {};  ///< of the training, with --time
};

/// A resumed run keeps its recipe.
Result<void> check_resume(const TrainOptions& options) {
    if (options.plan.says_what_to_train() || options.output || options.plan.time_s ||
        options.is_dry_run || options.finds_learning_rate) {
        return failure(ErrorCode::usage,
                       "--resume takes recipe, folder and settings from the earlier run",
                       "give only --resume, --data, --verify, --save-every, --keep-checkpoints, "
                       "--tensorboard, --json, --timeout and the options of devices and processes");
    }
    return {};
}

/// Waits for the worker of a run that was killed, until the user asks to stop.
class WorkerWait {
  public:
    explicit WorkerWait(platform::InterruptWatch& interrupts) : interrupts_(interrupts) {}

    bool operator()(std::int64_t killed) {
        constexpr auto limit = std::chrono::seconds(10);
        constexpr int pause_ms = 50;
        if (!deadline_) {
            print_to(stderr, "trilby: waiting for the worker of process {}, which was killed\n",
                     killed);
            deadline_ = Clock::now() + limit;
        }
        pollfd interrupt{interrupts_.fd(), POLLIN, 0};
        return ::poll(&interrupt, 1, pause_ms) == 0 && Clock::now() < *deadline_;
    }

  private:
    using Clock = std::chrono::steady_clock;

    platform::InterruptWatch& interrupts_;
    std::optional<Clock::time_point> deadline_;
};

/// The folder of --resume; nothing for a new run.
Result<std::optional<train::RunFolder>> earlier_run(const TrainOptions& options,
                                                    platform::InterruptWatch& interrupts) {
    if (!options.resume) {
        return std::nullopt;
    }
    TRILBY_CHECK(check_resume(options));
    auto folder = train::RunFolder::reopen(*options.resume, WorkerWait(interrupts));
    if (!folder) {
        return interrupts.count() > 0 ? failure(ErrorCode::interrupted, "interrupted")
                                      : std::unexpected(folder.error());
    }
    return std::move(*folder);
}

/// The recipe of --resume, or that of the command line. Processes other than the first have no
/// folder of their own.
Result<TrainingPlan> plan_of(const TrainOptions& options,
                             const std::optional<train::RunFolder>& earlier) {
    if (earlier) {
        return TrainingPlan{earlier->recipe(), {}};
    }
    if (options.resume) {
        TRILBY_CHECK(train::require_run(*options.resume));
        TRILBY_TRY(recipe,
                   train::read_recipe(std::filesystem::path(*options.resume) / train::recipe_name));
        return TrainingPlan{std::move(recipe), {}};
    }
    return plan_training(options.plan);
}

Result<void> check_processes(const TrainOptions& options, const Processes& processes) {
    if (processes.launched &&
        (options.plan.time_s || options.is_dry_run || options.finds_learning_rate)) {
        return failure(ErrorCode::usage,
                       "--time, --dry-run and --find-learning-rate need a process that is alone",
                       fmt::format("run it without {}", processes.launched->launcher));
    }
    return {};
}

/// Checks everything that can fail before a folder is created or a process starts.
Result<Preparation> prepare(const TrainOptions& options, Processes processes,
                            const std::optional<train::RunFolder>& earlier,
                            platform::InterruptWatch& interrupts) {
    TRILBY_CHECK(check_processes(options, processes));
    TRILBY_TRY(plan, plan_of(options, earlier));
    TRILBY_CHECK(train::require_known_network(plan.recipe));
    TRILBY_TRY(data, train::prepare(plan.recipe, options.plan.data));
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    warn_of_waste(options.computing, plan.recipe, data, chosen.machine);
    train::SessionOptions session = session_options(options, chosen, interrupts);
    share_machine(processes, chosen.name, chosen.machine, options.computing.threads.has_value(),
                  session);
    return Preparation{std::move(plan),
                       std::move(data),
                       std::move(session),
                       chosen.name,
                       train::training_machine(chosen.machine.os, chosen.name),
                       std::move(processes)};
}

/// `run` is the folder to resume from, if there is one.
int report_failure(const worker::Failure& failure, const train::RunFolder* run,
                   const TrainOptions& options) {
    Error error = failure.error;
    if (failure.outcome == worker::Outcome::cancelled && run != nullptr && run->can_be_resumed()) {
        error.hint = "continue with: " +
                     resume_command("train", run->path(), options.plan.data, options.computing);
    }
    return report_worker_failure({failure.outcome, std::move(error), failure.output},
                                 options.as_json);
}

/// Chooses the number of epochs for --time.
Result<void> fit_into_time(Preparation& preparation, const train::Examination& examination,
                           double seconds, std::FILE* out) {
    const std::optional<std::int64_t> most_epochs = preparation.plan.most_epochs;
    TRILBY_TRY(fitted, train::fit_into(preparation.plan.recipe, examination, seconds, most_epochs));
    preparation.plan.recipe = std::move(fitted);
    preparation.time_limit_s = train::time_limit(examination, seconds);
    const train::LoopSettings& training = preparation.plan.recipe.training;
    train::LoopSettings longer = training;
    ++longer.epochs;
    const bool ends_early = train::estimated_seconds(longer, examination) < 0.9 * seconds;
    const bool is_cut =
        training.steps_per_epoch > 0 && training.steps_per_epoch < examination.steps_per_epoch;
    print_to(out, "time        a step takes {}: {} epoch{}{}\n",
             train::format_step_time(examination.seconds_per_step), training.epochs,
             training.epochs == 1 ? "" : "s",
             training.epochs == most_epochs ? ", as set on the command line"
             : ends_early                   ? ", since more would not help"
                                            : "");
    if (is_cut) {
        print_to(stderr,
                 "trilby: warning: the time is only enough for {} of the {} steps of an epoch\n",
                 training.steps_per_epoch, examination.steps_per_epoch);
    }
    return {};
}

/// Measures the steps, and fits the recipe into --time.
worker::Answer<train::Examination> examine(Preparation& preparation, const TrainOptions& options) {
    TRILBY_TRY(examination,
               train::examine(preparation.plan.recipe, preparation.data, preparation.session));
    if (options.plan.time_s) {
        const auto fitted = fit_into_time(preparation, examination, *options.plan.time_s,
                                          stream_for_people(options.as_json));
        if (!fitted) {
            return worker::refused(fitted.error());
        }
    }
    return std::move(examination);
}

int dry_run(Preparation preparation, const TrainOptions& options) {
    const auto examination = examine(preparation, options);
    if (!examination) {
        return report_failure(examination.error(), nullptr, options);
    }
    print(options.as_json ? json_text(examination_json(preparation.plan, *examination))
                          : examination_text(preparation.plan, *examination));
    return 0;
}

int find_rate(Preparation preparation, const TrainOptions& options) {
    const auto found = find_learning_rate(preparation.plan.recipe, preparation.data,
                                          preparation.session, options.as_json);
    return found ? 0 : report_failure(found.error(), nullptr, options);
}

train::LaunchOptions launch_options(const Preparation& preparation, const TrainOptions& options) {
    return {.time_limit_s = preparation.time_limit_s,
            .verify_every = options.verify_every,
            .writes_events = options.writes_events,
            .saving = options.saving,
            .team = preparation.processes.team,
            .place = preparation.processes.launched
                         ? std::optional(preparation.processes.launched->place)
                         : std::nullopt,
            .machine = preparation.machine};
}

/// Processes other than the first print only errors.
int take_part(Preparation preparation, const TrainOptions& options) {
    const auto done = train::take_part(preparation.plan.recipe, preparation.data,
                                       preparation.session, launch_options(preparation, options));
    return done ? 0 : report_failure(done.error(), nullptr, options);
}

/// Prints what is known before the first event.
void show_start(const train::RunFolder& run, const Processes& processes, std::FILE* out) {
    print_to(out, "run         {}\n", shown(run.path()).string());
    if (processes.are_several()) {
        print_to(out, "processes   {}\n", in_words(processes));
    }
    std::fflush(out);
}

int show_end(const train::RunFolder& run, const train::RunResult& result,
             const Preparation& preparation, report::TrainingView& view, bool as_json) {
    std::FILE* const out = stream_for_people(as_json);
    view.show_result(result.result.content, preparation.data.baselines);
    print_to(out, "checkpoint  {}\nmetrics     {}\n", shown(run.checkpoint_file()).string(),
             shown(run.metrics_file()).string());
    if (train::has_entry(run.events_file())) {
        print_to(out, "events      {}\n", shown(run.events_file()).string());
    }
    if (as_json) {
        print(json_text(train::document_of(
            train::TrainingDocument{run.path().string(), {result}, preparation.backend})));
    }
    return 0;
}

int train_in(train::RunFolder& run, Preparation& preparation, const TrainOptions& options) {
    train::TidyUnlessFinished folder(run);
    std::FILE* const out = stream_for_people(options.as_json);
    show_start(run, preparation.processes, out);
    TrainingDisplay display({.out = out, .has_dashboard = options.has_dashboard}, run.path(),
                            preparation.machine, *preparation.session.interrupts);
    preparation.session.on_cancel = [&] {
        display.clear();
        print_to(stderr, "trilby: stopping after this step; Ctrl-C again ends at once\n");
    };
    const auto result = train::launch(run, preparation.data, preparation.session,
                                      launch_options(preparation, options),
                                      [&](const train::Event& event) { display.show(event); });
    display.clear();
    if (result) {
        folder.finished();
    }
    const int code = result ? show_end(run, *result, preparation, display.lines(), options.as_json)
                            : report_failure(result.error(), &run, options);
    std::fflush(stdout);
    display.finish(result ? &result->result.content : nullptr);
    return code;
}

/// For --time, the epochs are chosen before the run has its recipe.
int start(Preparation preparation, const TrainOptions& options) {
    if (options.plan.time_s) {
        const auto examination = examine(preparation, options);
        if (!examination) {
            return report_failure(examination.error(), nullptr, options);
        }
    }
    // Last: an exception after this would leave it behind.
    auto created = train::RunFolder::create(preparation.plan.recipe, options.output);
    return created ? train_in(*created, preparation, options)
                   : report::print_error(created.error(), options.as_json);
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
        json::object document{{"run", folder.path().string()}};
        document.insert(result.begin(), result.end());
        print(json_text(json::document(std::move(document))));
    } else {
        print("this run has ended: {}\n", report::result_in_words(*ended));
    }
    return 0;
}

/// If the run has ended, the first process trains nothing, so the others must not wait for it.
bool continues_ended_run(const TrainOptions& options) {
    return options.resume &&
           train::has_entry(std::filesystem::path(*options.resume) / train::result_name);
}

int run_training(const TrainOptions& options) {
    // First: a closed pipe or Ctrl-C must not leave anything in the folder.
    platform::InterruptWatch interrupts;
    auto processes = find_processes(
        options.processes, options.resume ? train::recorded_sharing(*options.resume) : std::nullopt,
        std::chrono::seconds(options.timeout_s));
    if (!processes) {
        return report::print_error(processes.error(), options.as_json);
    }
    if (processes->is_other() && continues_ended_run(options)) {
        return 0;
    }
    if (processes->is_other()) {
        auto preparation = prepare(options, *processes, {}, interrupts);
        return preparation ? take_part(std::move(*preparation), options)
                           : report::print_error(preparation.error(), options.as_json);
    }
    if (options.has_dashboard) {
        if (const auto screen = require_screen("leave out --dashboard"); !screen) {
            return report::print_error(screen.error(), options.as_json);
        }
    }
    auto earlier = earlier_run(options, interrupts);
    if (!earlier) {
        return report::print_error(earlier.error(), options.as_json);
    }
    auto ended = result_of(*earlier);
    if (!ended) {
        return report::print_error(ended.error(), options.as_json);
    }
    if (*ended) {
        return show_ended(std::move(**ended), **earlier, options.as_json);
    }
    auto preparation = prepare(options, *processes, *earlier, interrupts);
    if (!preparation) {
        return report::print_error(preparation.error(), options.as_json);
    }
    print_plan(preparation->plan, preparation->data, preparation->backend,
               stream_for_people(options.as_json));
    if (*earlier) {
        return train_in(**earlier, *preparation, options);
    }
    if (options.finds_learning_rate) {
        return find_rate(std::move(*preparation), options);
    }
    return options.is_dry_run ? dry_run(std::move(*preparation), options)
                              : start(std::move(*preparation), options);
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
    CLI::App* parser = trilby.add_subcommand("train", "Train a network on your data");
    PlanOptions& plan = options->plan;
    add_subject_options(*parser, plan);
    CLI::Option* time = add_time_option(
        *parser, plan, "Train for as many epochs as fit into this time, such as 90s, 5m or 2h");
    parser
        ->add_option("--verify", options->verify_every,
                     "Compute every N-th step twice and stop if the device gives other bits")
        ->transform(whole_number(1))
        ->type_name("N");
    parser->add_flag("--tensorboard", options->writes_events,
                     "Also write an event file for TensorBoard into the folder of the run");
    add_duration_option(
        *parser, "--save-every",
        [saving = &options->saving](double seconds) { saving->interval_s = seconds; },
        "Save a checkpoint at least this often, besides after each epoch")
        ->default_str("10m");
    parser
        ->add_option("--keep-checkpoints", options->saving.checkpoints,
                     "Checkpoints to keep: the newest, and those before it in case it is damaged")
        ->transform(whole_number(1, train::most_checkpoints))
        ->type_name("N")
        ->capture_default_str();
    CLI::Option* dry_run = parser->add_flag(
        "--dry-run", options->is_dry_run,
        "Print what would be trained, how much memory and time it takes, and the recipe");
    CLI::Option* rate_test =
        parser
            ->add_flag(
                "--find-learning-rate", options->finds_learning_rate,
                "Train some steps with a rising learning rate, print the losses and advise a rate")
            ->excludes(dry_run, time);
    parser->add_flag("--list", options->list_recipes, "List the installed recipes and exit");
    parser
        ->add_option("--show", options->shown_recipe, "Print a recipe, to copy and edit, and exit")
        ->type_name("RECIPE");
    parser->add_option("--resume", options->resume, "Continue the run in this folder")
        ->type_name("DIR");
    parser->add_option("--output", options->output, "Folder for the run")
        ->type_name("DIR")
        ->default_str("runs/RECIPE-N");
    add_device_options(*parser, options->computing);
    add_process_options(*parser, options->processes);
    add_loop_options(*parser, plan);
    add_timeout_option(*parser, *options);
    CLI::Option* json = parser->add_flag("--json", options->as_json,
                                         "Print the result as JSON; progress goes to stderr");
    parser
        ->add_flag("--dashboard", options->has_dashboard,
                   "Show the training on the whole window of the terminal")
        ->excludes(dry_run, rate_test, json);
    return {parser, [options] { return run(*options); }};
}

}  // namespace trilby::cli
