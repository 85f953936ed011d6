// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/print.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "cli/chosen_backend.hpp"
#include "cli/command.hpp"
#include "cli/job_options.hpp"
#include "cli/option_text.hpp"
#include "cli/training_plan.hpp"
#include "cli/training_start.hpp"
#include "cli/trial_runner.hpp"
#include "platform/interrupt.hpp"
#include "report/error.hpp"
#include "report/search_text.hpp"
#include "train/documents.hpp"
#include "train/preview.hpp"
#include "train/time_budget.hpp"
#include "train/trained_run.hpp"

namespace trilby::cli {
namespace {

using train::search::Candidate;
using train::search::SearchFolder;
using train::search::SearchRecord;
using worker::refused;

constexpr double usual_time_s = 600.0;

struct TuneOptions : JobOptions {
    PlanOptions plan;
    std::vector<std::string> variations;
    std::int64_t seeds = 3;
    std::optional<std::string> output;
    std::optional<std::string> resume;
};

/// What is known before a search has its folder.
struct Preparation {
    TrainingPlan plan;
    std::vector<std::string> variations;
    std::vector<Candidate> candidates;
    train::search::TrialData data;
    train::SessionOptions session;
    train::TrainingMachine machine;
};

// ---- A new search

Result<std::vector<Candidate>> candidates_of(const train::Recipe& recipe,
                                             const std::vector<std::string>& texts,
                                             std::int64_t seed) {
    TRILBY_TRY(variations, train::search::parse_variations(recipe, texts));
    TRILBY_TRY(candidates, train::search::draw_candidates(recipe, variations, seed));
    if (candidates.size() < 2) {
        return failure(ErrorCode::usage, "there is nothing to choose from: no setting is varied",
                       "give at least one value that differs from the recipe's, such as: --vary "
                       "optimizer.learning_rate=0.0001..0.01");
    }
    return std::move(candidates);
}

/// Checks everything that can fail before a folder is created or a process starts.
Result<Preparation> prepare(const TuneOptions& options, platform::InterruptWatch& interrupts) {
    TRILBY_TRY(plan, plan_training(options.plan));
    TRILBY_CHECK(train::require_known_network(plan.recipe));
    std::vector<std::string> variations = options.variations.empty()
                                              ? train::search::default_variations(plan.recipe)
                                              : options.variations;
    TRILBY_TRY(candidates, candidates_of(plan.recipe, variations, plan.recipe.training.seed));
    train::search::TrialData trial_data(options.plan.data);
    TRILBY_TRY(data, trial_data.of(plan.recipe));
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    warn_of_waste(options.computing, plan.recipe, *data, chosen.machine);
    print_plan(plan, *data, chosen.name, stream_for_people(options.as_json));
    train::SessionOptions session = session_options(options, chosen, interrupts);
    return Preparation{
        std::move(plan),       std::move(variations),
        std::move(candidates), std::move(trial_data),
        std::move(session),    train::training_machine(chosen.machine.os, chosen.name)};
}

/// Gives the longest trainings as many epochs as leave time for all of them.
Result<void> fit_into_time(SearchRecord& record, const train::Recipe& recipe,
                           const train::Examination& examination) {
    const double comparisons = static_cast<double>(train::search::comparisons(record.seeds));
    const double seconds =
        train::search::share_of_comparison * (record.time_s - record.spent_s) / comparisons -
        record.start_s;
    const auto fitted = seconds > 0.0 ? train::fit_into(recipe, examination, seconds)
                                      : failure(ErrorCode::usage, "");
    if (!fitted) {
        return failure(ErrorCode::usage,
                       fmt::format("--time is too short for {:.0f} trainings with new seeds at the "
                                   "end, which are half of the search: a start takes {:.1f} s",
                                   comparisons, record.start_s),
                       "give more time, or fewer --seeds, or use a smaller network or batch");
    }
    const train::LoopSettings& loop = fitted->training;
    const bool is_cut =
        loop.steps_per_epoch > 0 && loop.steps_per_epoch < examination.steps_per_epoch;
    const std::int64_t steps = is_cut ? loop.steps_per_epoch : examination.steps_per_epoch;
    record.steps_per_epoch = is_cut ? steps : 0;
    record.epoch_s = static_cast<double>(steps) * examination.seconds_per_step +
                     examination.seconds_per_evaluation;
    record.rungs = train::search::rungs_for(std::min(loop.epochs, recipe.training.epochs));
    return {};
}

/// Measures what a training takes, plans the search and creates its folder.
worker::Answer<SearchJob> start(Preparation preparation, const TuneOptions& options) {
    const auto started = std::chrono::steady_clock::now();
    const train::Recipe& recipe = preparation.plan.recipe;
    const auto data = preparation.data.of(recipe);
    if (!data) {
        return refused(data.error());
    }
    TRILBY_TRY(examination, train::examine(recipe, **data, preparation.session));
    SearchRecord record{
        .recipe = recipe.name,
        .varied = preparation.variations,
        .candidates = static_cast<std::int64_t>(preparation.candidates.size()),
        .seed = recipe.training.seed,
        .seeds = options.seeds,
        .time_s = options.plan.time_s.value_or(usual_time_s),
        .spent_s = 0.0,
        .start_s = std::max(0.0, seconds_since(started) - examination.seconds_per_evaluation)};
    if (const auto fitted = fit_into_time(record, recipe, examination); !fitted) {
        return refused(fitted.error());
    }
    auto folder = SearchFolder::create(recipe, options.output);
    if (!folder) {
        return refused(folder.error());
    }
    return SearchJob{std::move(*folder),
                     std::move(record),
                     std::move(preparation.candidates),
                     std::move(preparation.data),
                     std::move(preparation.session),
                     std::move(preparation.machine),
                     started};
}

worker::Answer<SearchJob> new_search(const TuneOptions& options,
                                     platform::InterruptWatch& interrupts) {
    auto preparation = prepare(options, interrupts);
    return preparation ? start(std::move(*preparation), options) : refused(preparation.error());
}

// ---- A resumed search

Result<void> check_resume(const TuneOptions& options) {
    if (options.plan.says_what_to_train() || !options.variations.empty() || options.output) {
        return failure(
            ErrorCode::usage, "--resume takes recipe, settings and seeds from the earlier search",
            "give only --resume, --time, --data, --json, --timeout and the options of devices");
    }
    return {};
}

Result<SearchJob> reopen(const TuneOptions& options, platform::InterruptWatch& interrupts) {
    const auto started = std::chrono::steady_clock::now();
    TRILBY_CHECK(check_resume(options));
    TRILBY_TRY(folder, SearchFolder::reopen(*options.resume));
    TRILBY_TRY(record, folder.read_record());
    TRILBY_TRY(candidates, candidates_of(folder.recipe(), record.varied, record.seed));
    if (static_cast<std::int64_t>(candidates.size()) != record.candidates ||
        record.rungs.back() > folder.recipe().training.epochs) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the recipe of the search in '{}' was changed", folder.path().string()),
            "start a new search");
    }
    TRILBY_TRY(chosen, choose_backend(options.computing.backend));
    if (options.plan.time_s) {
        record.time_s = record.spent_s + *options.plan.time_s;
    }
    train::SessionOptions session = session_options(options, chosen, interrupts);
    return SearchJob{std::move(folder),
                     std::move(record),
                     std::move(candidates),
                     train::search::TrialData(options.plan.data),
                     std::move(session),
                     train::training_machine(chosen.machine.os, chosen.name),
                     started};
}

// ---- Both

/// The metrics of the best run on the test part, which is used here only; empty without one.
worker::Answer<train::Metrics> test(const SearchJob& job, const TuneOptions& options) {
    auto run = train::TrainedRun::open(job.folder.path() / job.record.verdict->run);
    if (!run) {
        return refused(run.error());
    }
    auto data = train::prepare(run->recipe, options.plan.data);
    if (!data) {
        return refused(data.error());
    }
    if (data->parts.test.size() == 0) {
        return train::Metrics();
    }
    train::SessionOptions session = job.session;
    session.on_cancel = {};
    TRILBY_TRY(outputs, train::compute_outputs(*run, *data, session));
    return outputs.result.metrics;
}

/// A test that fails does not take the result away.
Result<void> add_test(SearchJob& job, const TuneOptions& options) {
    if (!job.record.verdict || job.record.verdict->test) {
        return {};
    }
    const auto tested = test(job, options);
    if (!tested) {
        print_to(stderr, "trilby: warning: the best run could not be tested: {}\n",
                 tested.error().error.message);
        return {};
    }
    if (!tested->empty()) {
        job.record.verdict->test = *tested;
    }
    return job.folder.write_record(job.record);
}

void print_end(const SearchJob& job, const TuneOptions& options, std::FILE* out) {
    print_to(out, "\n{}\n{}", report::trials_text(job.record), report::verdict_text(job.record));
    if (job.record.verdict) {
        const std::string recipe = shown(job.folder.best_recipe_file()).string();
        const std::string data =
            options.plan.data ? " --data " + shell_word(*options.plan.data) : std::string();
        print_to(out, "run         {}\nrecipe      {}\ntrain it    trilby train {}{}\n",
                 shown(job.folder.path() / job.record.verdict->run).string(), recipe,
                 shell_word(recipe.find('/') == std::string::npos ? "./" + recipe : recipe), data);
    }
    std::fflush(out);
}

/// Why a search did not end as it should; nothing if it did.
std::optional<Error> failure_of(const SearchJob& job, const TuneOptions& options,
                                bool is_interrupted) {
    if (is_interrupted) {
        return Error{ErrorCode::interrupted, "the search was interrupted",
                     "continue with: " + resume_command("tune", job.folder.path(),
                                                        options.plan.data, options.computing)};
    }
    if (!job.record.verdict) {
        const auto& trials = job.record.trials;
        return Error{ErrorCode::failed,
                     fmt::format("no training succeeded{}{}", trials.empty() ? "" : "; the last: ",
                                 trials.empty() ? "" : trials.back().reason.value_or("no reason")),
                     ""};
    }
    return std::nullopt;
}

int search(SearchJob& job, const TuneOptions& options, platform::InterruptWatch& interrupts) {
    std::FILE* const out = stream_for_people(options.as_json);
    print_to(out, "{}search      {}\n\n",
             report::plan_text(job.record, job.folder.recipe().training.epochs),
             shown(job.folder.path()).string());
    std::fflush(out);
    TrialRunner runner(job, interrupts, out);
    auto done = job.folder.write_record(job.record);
    if (done) {
        done = runner.run();
    }
    if (done && !runner.is_interrupted()) {
        done = add_test(job, options);
    }
    print_end(job, options, out);
    if (!done) {
        return report::print_error(done.error(), options.as_json);
    }
    if (const auto error = failure_of(job, options, runner.is_interrupted())) {
        return report::print_error(*error, options.as_json);
    }
    if (options.as_json) {
        print(json_text(train::document_of(
            train::search::TuningDocument{job.folder.path().string(), {std::move(job.record)}})));
    }
    return 0;
}

int run(const TuneOptions& options) {
    // First: a closed pipe or Ctrl-C must not leave anything in the folder.
    platform::InterruptWatch interrupts;
    worker::Answer<SearchJob> job = [&]() -> worker::Answer<SearchJob> {
        if (!options.resume) {
            return new_search(options, interrupts);
        }
        auto reopened = reopen(options, interrupts);
        return reopened ? worker::Answer<SearchJob>(std::move(*reopened))
                        : refused(reopened.error());
    }();
    return job ? search(*job, options, interrupts)
               : report_worker_failure(job.error(), options.as_json);
}

}  // namespace

Command tune_command(CLI::App& trilby) {
    auto options = std::make_shared<TuneOptions>();
    CLI::App* parser =
        trilby.add_subcommand("tune", "Search settings that train better, within a time");
    add_subject_options(*parser, options->plan);
    add_time_option(*parser, options->plan, "How long the search takes, such as 10m or 2h")
        ->default_str("10m");
    parser
        ->add_option("--vary", options->variations,
                     "Values or a range of numbers for a key of the recipe, KEY=VALUE,VALUE or "
                     "KEY=LOW..HIGH; may be repeated")
        ->type_name("KEY=VALUES")
        ->default_str("some keys that depend on the data")
        ->allow_extra_args(false);
    parser
        ->add_option("--seeds", options->seeds,
                     "How many new seeds the best settings are compared with at the end")
        ->capture_default_str()
        ->transform(whole_number(1, train::search::most_seeds))
        ->type_name("N");
    parser
        ->add_option("--resume", options->resume,
                     "Continue the search in this folder, for the rest of its time or --time")
        ->type_name("DIR");
    parser->add_option("--output", options->output, "Folder for the search")
        ->type_name("DIR")
        ->default_str("searches/RECIPE-N");
    add_device_options(*parser, options->computing);
    add_loop_options(*parser, options->plan);
    add_timeout_option(*parser, *options);
    parser->add_flag("--json", options->as_json,
                     "Print the result as JSON; progress goes to stderr");
    return {parser, [options] { return run(*options); }};
}

}  // namespace trilby::cli
