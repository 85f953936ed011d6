// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/dashboard_facts.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"
#include "report/training_words.hpp"

namespace trilby::report {
namespace {

using train::EpochEvent;
using train::RunState;
using Seconds = std::chrono::duration<double>;

Seconds age_of(std::chrono::sys_seconds time, const Dashboard& dashboard) {
    // The clock of a shared file system may be ahead.
    return std::max(Seconds(0), Seconds(dashboard.now - time));
}

/// The mean of the newest epochs.
double seconds_per_epoch(const EpochHistory& epochs) {
    constexpr std::size_t most = 10;
    const std::size_t count = std::min(most, epochs.newest.size());
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
        sum += moderate(epochs.newest[i].seconds.content.value_or(0));
    }
    return count == 0 ? 0 : sum / static_cast<double>(count);
}

/// Whether a run that is being trained has not changed its files for so long that it may hang.
bool is_silent(const Dashboard& dashboard) {
    constexpr double least_s = 1200;  // twice the default of --save-every
    constexpr double epochs = 3;
    return dashboard.run.state == RunState::running &&
           age_of(dashboard.run.changed, dashboard).count() >
               std::max(least_s, epochs * seconds_per_epoch(dashboard.epochs));
}

/// "92.10 % accuracy"
std::string value_and_metric(const std::string& metric, const train::Metrics& metrics) {
    const std::string value = value_text(metric, metrics);
    return value.empty() ? "" : fmt::format("{} {}", value, train::find_metric(metric)->words);
}

std::string best_text(const Dashboard& dashboard) {
    const train::BestEpoch& best = dashboard.epochs.best;
    return best.epoch == 0
               ? ""
               : fmt::format("{} in epoch {}", value_text(dashboard.epochs.metric, best.validation),
                             best.epoch);
}

/// The epoch whose weights were tested, in a run that has ended. With few examples to validate, it
/// is the one with the lowest loss, not the one with the best accuracy.
std::string weights_text(const train::RunRecord& run) {
    return run.result && run.result->best_epoch
               ? fmt::format("of epoch {}", *run.result->best_epoch)
               : "";
}

/// The steps so far, and of the whole run where all epochs have as many.
std::string steps_text(const Dashboard& dashboard) {
    constexpr std::int64_t most = 1'000'000'000'000;
    const auto text = [](std::int64_t done, std::int64_t all) {
        return fmt::format("{} of {}", format_count(done), format_count(all));
    };
    if (dashboard.live) {
        return text(dashboard.live->step, dashboard.live->steps);
    }
    if (dashboard.epochs.newest.empty()) {
        return "";
    }
    const EpochEvent& newest = dashboard.epochs.newest.front();
    const std::int64_t each = newest.step / newest.epoch;
    return each > 0 && each < most && newest.step % newest.epoch == 0 && dashboard.run.epochs > 0
               ? text(newest.step, each * dashboard.run.epochs)
               : format_count(newest.step);
}

std::optional<double> loss_of(const Dashboard& dashboard) {
    if (dashboard.live) {
        return dashboard.live->training_loss.content;
    }
    const auto& newest = dashboard.epochs.newest;
    return newest.empty() ? std::nullopt : std::optional(newest.front().training_loss);
}

std::optional<double> speed_of(const Dashboard& dashboard) {
    if (dashboard.live) {
        return dashboard.live->units_per_second;
    }
    const auto& newest = dashboard.epochs.newest;
    return newest.empty() ? std::nullopt : newest.front().units_per_second.content;
}

/// Since the last epoch ended, in a run that is being trained.
double seconds_of_this_epoch(const Dashboard& dashboard) {
    const train::RunRecord& run = dashboard.run;
    return run.state == RunState::running && run.last_epoch_ended
               ? age_of(*run.last_epoch_ended, dashboard).count()
               : 0;
}

std::string time_left_text(const Dashboard& dashboard) {
    if (dashboard.live) {
        return format_duration(moderate(dashboard.live->seconds_left));
    }
    const double each = seconds_per_epoch(dashboard.epochs);
    if (dashboard.run.state != RunState::running || each <= 0) {
        return "";
    }
    const auto left = static_cast<double>(
        std::max<std::int64_t>(0, dashboard.run.epochs - dashboard.epochs.last()));
    const double of_this_epoch = std::min(each, seconds_of_this_epoch(dashboard));
    return format_duration(std::max(0.0, left * each - of_this_epoch));
}

std::string ago(std::chrono::sys_seconds time, const Dashboard& dashboard) {
    return format_duration(age_of(time, dashboard)) + " ago";
}

std::string epochs_done_text(const Dashboard& dashboard) {
    const std::int64_t done = std::max(dashboard.epochs.last(), dashboard.run.epochs_done());
    return dashboard.run.epochs > 0
               ? fmt::format("{} of {}", format_count(done), format_count(dashboard.run.epochs))
               : format_count(done);
}

std::string machine_words(const train::RunRecord& run) {
    return run.machine ? fmt::format("{}{}{}", run.machine->backend,
                                     run.machine->device.empty() ? "" : ", ", run.machine->device)
                       : "";
}

}  // namespace

StateWords state_words(const Dashboard& dashboard) {
    if (!dashboard.trouble.empty()) {
        return {"unreadable", Paint::red};
    }
    if (is_silent(dashboard)) {
        return {"no sign of life", Paint::yellow};
    }
    switch (dashboard.run.state) {
        case RunState::running:
            return {"training", Paint::green};
        case RunState::ended:
            return {"finished", Paint::cyan};
        case RunState::stopped:
        case RunState::empty:
            return {"stopped", Paint::yellow};
        case RunState::damaged:
            break;
    }
    return {"damaged", Paint::red};
}

std::string notice_of(const Dashboard& dashboard) {
    if (!dashboard.trouble.empty()) {
        return dashboard.trouble;
    }
    const train::RunRecord& run = dashboard.run;
    if (!run.damage.empty()) {
        return run.damage;
    }
    return run.state == RunState::stopped || run.state == RunState::empty
               ? "continue with: trilby train --resume " + shell_word(run.folder.string())
               : "";
}

std::string value_text(const std::string& metric, const train::Metrics& metrics) {
    const train::MetricKind* kind = train::find_metric(metric);
    const auto value = metrics.find(metric);
    return kind == nullptr || value == metrics.end() ? ""
                                                     : train::format_metric(*kind, value->second);
}

double part_done(const Dashboard& dashboard) {
    const auto part = [](std::int64_t done, std::int64_t all) {
        return std::clamp(
            static_cast<double>(done) / static_cast<double>(std::max<std::int64_t>(1, all)), 0.0,
            1.0);
    };
    return dashboard.live ? part(dashboard.live->step, dashboard.live->steps)
                          : part(dashboard.run.epochs_done(), dashboard.run.epochs);
}

std::vector<Fact> facts_of(const Dashboard& dashboard) {
    const train::RunRecord& run = dashboard.run;
    const EpochHistory& epochs = dashboard.epochs;
    const EpochEvent* newest = epochs.newest.empty() ? nullptr : &epochs.newest.front();
    const auto loss = loss_of(dashboard);
    const auto speed = speed_of(dashboard);
    std::vector<Fact> facts{
        {"epoch", epochs_done_text(dashboard)},
        {"time left", time_left_text(dashboard)},
        {"test", run.result ? value_and_metric(run.result->metric, run.result->test) : ""},
        {"current", newest == nullptr ? "" : value_and_metric(epochs.metric, newest->validation)},
        {"best", best_text(dashboard)},
        {"weights", weights_text(run)},
        {"loss", loss ? fmt::format("{:.4g}", *loss) : ""},
        {"passed", format_duration(epochs.seconds + seconds_of_this_epoch(dashboard))},
        {"changed", ago(run.changed, dashboard)},
        {"speed", speed ? speed_in_words(*speed, run.unit) : ""},
        {"step", steps_text(dashboard)},
        {"lr", newest == nullptr ? "" : fmt::format("{:.3g}", newest->learning_rate)},
        {"saved", run.saved ? ago(*run.saved, dashboard) : ""},
        {"recipe", run.recipe},
        {"device", machine_words(run)},
    };
    std::erase_if(facts, [](const Fact& fact) { return fact.text.empty(); });
    return facts;
}

double moderate(double seconds) {
    constexpr double most = 1e9;
    return seconds > 0 ? std::min(seconds, most) : 0.0;
}

}  // namespace trilby::report
