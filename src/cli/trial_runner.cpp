// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trial_runner.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/print.hpp"
#include "base/try.hpp"
#include "report/search_text.hpp"
#include "train/early_stopping.hpp"
#include "train/launch.hpp"

namespace trilby::cli {

using train::search::Trial;
using train::search::TrialRecord;
using train::search::TrialState;

TrialRunner::TrialRunner(SearchJob& job, platform::InterruptWatch& interrupts, std::FILE* out)
    : job_(job),
      interrupts_(interrupts),
      out_(out),
      progress_(out),
      spent_before_s_(job.record.spent_s) {
    job_.session.on_cancel = [this] {
        progress_.clear();
        print_to(stderr, "trilby: stopping after this step; Ctrl-C again ends at once\n");
    };
}

Result<void> TrialRunner::run() {
    while (!is_interrupted()) {
        const auto trial =
            next_trial(rules_of(job_.record), costs_of(job_.record), outcomes_of(job_.record),
                       seconds_left() - job_.record.start_s);  // for the test at the end
        if (!trial) {
            break;
        }
        TRILBY_CHECK(run(*trial));
        if (job_.record.trials.back().state == TrialState::unfinished) {
            break;
        }
    }
    return {};
}

bool TrialRunner::is_interrupted() {
    return interrupts_.count() > 0;
}

double TrialRunner::seconds_left() const {
    return job_.record.time_s - spent_before_s_ - seconds_since(job_.started);
}

/// Much later than expected, or when the whole search is late by a tenth.
TrialRunner::Limit TrialRunner::limit_of(const Trial& trial) const {
    constexpr double most_times = 4.0;
    constexpr double least_s = 5.0;  // a busy machine may delay short trials by more
    constexpr double tolerance = 0.1;
    const double expected =
        estimated_seconds(costs_of(job_.record), outcomes_of(job_.record), trial);
    const double too_slow = std::max(least_s, most_times * expected);
    const double granted = job_.record.time_s - spent_before_s_;
    const double until_end =
        std::max(0.0, seconds_left() + tolerance * granted - 2.0 * job_.record.start_s);
    return {std::min(too_slow, until_end), until_end < too_slow};
}

Result<void> TrialRunner::run(const Trial& trial) {
    const auto started = std::chrono::steady_clock::now();
    const train::search::Candidate& candidate = job_.candidates[trial.candidate];
    const train::Recipe recipe = recipe_of(job_.record, candidate, trial);
    TRILBY_TRY(folder, job_.folder.trial_folder(recipe, job_.record));
    TrialRecord record{.run = folder.path().filename().string(),
                       .stage = trial.stage,
                       .candidate = static_cast<std::int64_t>(trial.candidate),
                       .changes = candidate.changes,
                       .seed = trial.seed,
                       .epochs = trial.epochs};
    train_in(folder, record, limit_of(trial));
    record.seconds = seconds_since(started);
    return keep(std::move(record));
}

void TrialRunner::train_in(train::RunFolder& run, TrialRecord& trial, const Limit& limit) {
    train::TidyUnlessFinished folder(run);
    const auto data = job_.data.of(run.recipe());
    if (!data) {
        trial.state = TrialState::failed;
        trial.reason = data.error().message;
        return;
    }
    show_progress(trial);
    const auto result = train::launch(run, **data, job_.session,
                                      {.time_limit_s = limit.seconds, .machine = job_.machine},
                                      [&](const train::Event& event) { take(event, trial); });
    progress_.clear();
    if (result) {
        folder.finished();
        take_result(result->result.content, trial, limit);
    } else {
        take_failure(result.error(), trial);
    }
}

void TrialRunner::take(const train::Event& event, TrialRecord& trial) {
    if (const auto* start = std::get_if<train::StartEvent>(&event)) {
        const train::MetricKind* metric =
            train::deciding_metric(start->metric, start->validation_examples);
        if (job_.record.metric.empty() && metric != nullptr) {
            job_.record.metric = metric->name;
        }
    } else if (const auto* epoch = std::get_if<train::EpochEvent>(&event)) {
        trial.epochs_done = epoch->epoch;
        show_progress(trial);
    }
}

void TrialRunner::take_result(const train::TrainingResult& result, TrialRecord& trial,
                              const Limit& limit) {
    trial.epochs_done = result.epochs;
    if (result.time_is_over.value_or(false)) {
        trial.state = limit.is_of_search ? TrialState::unfinished : TrialState::too_slow;
        trial.reason = limit.is_of_search ? "the time of the search was over"
                                          : "it took several times as long as expected";
        return;
    }
    trial.score.content = train::value_of(job_.record.metric, result.validation);
    if (!trial.score.content) {
        trial.state = TrialState::failed;
        trial.reason = "the metric on the validation part is not a number";
    }
}

void TrialRunner::take_failure(const worker::Failure& failure, TrialRecord& trial) {
    const bool is_stopped = failure.outcome == worker::Outcome::cancelled;
    trial.state = is_stopped ? TrialState::unfinished : TrialState::failed;
    trial.reason = is_stopped ? "it was interrupted" : failure.error.message;
}

Result<void> TrialRunner::keep(TrialRecord trial) {
    print_to(out_, report::trial_line(trial, job_.record.metric));
    std::fflush(out_);
    job_.record.trials.push_back(std::move(trial));
    job_.record.spent_s = spent_before_s_ + seconds_since(job_.started);
    job_.record.verdict = verdict_of(job_.record);
    TRILBY_CHECK(job_.folder.write_record(job_.record));
    const auto& verdict = job_.record.verdict;
    return verdict ? job_.folder.write_best(
                         job_.candidates[static_cast<std::size_t>(verdict->best.candidate)].recipe)
                   : Result<void>();
}

void TrialRunner::show_progress(const TrialRecord& trial) {
    progress_.show(SafeText::format("{}: epoch {}/{}", trial.run,
                                    std::min(trial.epochs, trial.epochs_done + 1), trial.epochs));
}

}  // namespace trilby::cli
