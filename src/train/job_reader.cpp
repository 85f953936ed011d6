// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/job_reader.hpp"

#include <fmt/format.h>
#include <initializer_list>
#include <limits>

#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::train {
namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
// Times the most epochs of a recipe, a million, it still fits.
constexpr double most_examples = 1e12;

struct Range {
    std::string_view key;
    double value;
    double least;
    double most;
};

Range at_least(std::string_view key, double value, double least) {
    return {key, value, least, infinite};
}

Range exactly(std::string_view key, std::int64_t value, std::int64_t expected) {
    return {key, static_cast<double>(value), static_cast<double>(expected),
            static_cast<double>(expected)};
}

/// A number of examples, steps, epochs or threads.
Range count(std::string_view key, std::int64_t value, double least, double most = most_examples) {
    return {key, static_cast<double>(value), least, most};
}

Range fraction(std::string_view key, double value) {
    return {key, value, 0, 1};
}

std::unexpected<Error> refused(std::string_view where, std::string_view why) {
    return failure(ErrorCode::bad_data, fmt::format("{}: {}", where, why));
}

Result<void> check(std::string_view where, std::initializer_list<Range> ranges) {
    for (const auto& [key, value, least, most] : ranges) {
        if (!(value >= least && value <= most)) {
            const std::string expected = least == most      ? fmt::format("{}", least)
                                         : most == infinite ? fmt::format("at least {}", least)
                                                            : fmt::format("{} to {}", least, most);
            return refused(where, fmt::format("{} is {}, expected {}", key, value, expected));
        }
    }
    return {};
}

/// The history has complete epochs in their order, each a line.
Result<void> check_history(const StartEvent& start) {
    std::int64_t last = 0;
    for (const std::string& line : start.history) {
        const std::int64_t epoch = epoch_of_line(line).value_or(0);
        const bool is_complete = epoch <= start.step / start.steps_per_epoch;
        if (epoch <= last || !is_complete || line.find('\n') != line.npos) {
            return refused("start event", fmt::format("epoch {} of the history is out of place, "
                                                      "after epoch {}",
                                                      epoch, last));
        }
        last = epoch;
    }
    return {};
}

}  // namespace

Result<std::optional<Event>> JobReader::event(const json::object& document) {
    TRILBY_TRY(event, parse_event(document));
    if (event) {
        if (!start_ && !std::holds_alternative<StartEvent>(*event)) {
            return refused(fmt::format("{} event", type_of(document)), "it precedes the start");
        }
        TRILBY_CHECK(std::visit([this](const auto& content) { return accept(content); }, *event));
    }
    return std::move(event);
}

Result<TrainingResult> JobReader::result(const json::object& document) const {
    constexpr std::string_view where = "the training's result";
    TRILBY_TRY(result, parse_result(document));
    const std::int64_t last = result.stopped_after.value_or(epochs_);
    if (!start_ || epochs_done_ != last) {
        return refused(where, fmt::format("it follows epoch {} of {}", epochs_done_, last));
    }
    const std::int64_t steps = result.time_is_over.value_or(false) ? last_step_ : steps_of(last);
    TRILBY_CHECK(check(
        where, {exactly("epochs", result.epochs, last), exactly("steps", result.steps, steps),
                count("stopped_after", last, 1),
                count("best_epoch", result.best_epoch.value_or(last), 1, static_cast<double>(last)),
                exactly("test_examples", result.test_examples, start_->test_examples),
                at_least("seconds", result.seconds, 0)}));
    if (result.verification) {
        TRILBY_CHECK(
            check(where, {count("interval", result.verification->interval, 1),
                          count("steps", result.verification->steps, 0, static_cast<double>(steps)),
                          at_least("seconds", result.verification->seconds, 0)}));
    }
    if (result.saving) {
        TRILBY_CHECK(check(
            where, {count("saving.checkpoints", result.saving->checkpoints, 0),
                    at_least("saving.seconds_of_training", result.saving->seconds_of_training, 0),
                    at_least("saving.seconds_beside", result.saving->seconds_beside, 0)}));
    }
    TRILBY_CHECK(check_metrics(where, result.validation, start_->validation_examples));
    TRILBY_CHECK(check_metrics(where, result.test, start_->test_examples));
    return result;
}

Result<void> JobReader::check_metrics(std::string_view where, const Metrics& metrics,
                                      std::int64_t examples) const {
    if (examples > 0 && !metrics.contains(start_->metric)) {
        return refused(where, fmt::format("the metric '{}' is missing", start_->metric));
    }
    for (const auto& [name, value] : metrics) {
        const MetricKind* kind = find_metric(name);
        if (kind != nullptr && kind->is_fraction) {
            TRILBY_CHECK(check(where, {fraction(kind->name, value.content.value_or(0))}));
        }
    }
    return {};
}

Result<void> JobReader::accept(const StartEvent& start) {
    constexpr std::string_view where = "start event";
    if (start_) {
        return refused(where, "it is the second one");
    }
    TRILBY_CHECK(check(where, {exactly("epochs", start.epochs, epochs_),
                               count("threads", start.libraries.threads, 1),
                               count("parameters", start.parameters, 0, 1e15),
                               count("training_examples", start.training_examples, 1),
                               count("validation_examples", start.validation_examples, 0),
                               count("test_examples", start.test_examples, 0),
                               count("steps_per_epoch", start.steps_per_epoch, 1)}));
    if (find_metric(start.metric) == nullptr) {
        return refused(where, fmt::format("unknown metric '{}'", printable(start.metric, 64)));
    }
    const auto most_steps = static_cast<double>(epochs_ * start.steps_per_epoch);
    TRILBY_CHECK(check(where, {count("step", start.step, 0, most_steps)}));
    TRILBY_CHECK(check_history(start));
    const bool is_open = start.validates_first.value_or(false);
    if (is_open && (start.step == 0 || start.step % start.steps_per_epoch != 0)) {
        return refused(where, "it validates first, but no epoch has ended");
    }
    start_ = start;
    epochs_done_ = start.step / start.steps_per_epoch - (is_open ? 1 : 0);
    last_step_ = steps_of(epochs_done_);
    return {};
}

Result<void> JobReader::accept(const ProgressEvent& progress) {
    return check("progress event", {count("step", progress.step, static_cast<double>(start_->step),
                                          static_cast<double>(steps_of(epochs_))),
                                    at_least("units_per_second", progress.units_per_second, 0)});
}

/// Only the last epoch may lack steps, because the time was over.
Result<void> JobReader::accept(const EpochEvent& epoch) {
    const std::int64_t next = epochs_done_ + 1;
    if (last_step_ != steps_of(epochs_done_)) {
        return refused("epoch event", "it follows one that lacks steps");
    }
    TRILBY_CHECK(check("epoch event",
                       {count("epoch", epoch.epoch, 1, static_cast<double>(epochs_)),
                        exactly("epoch", epoch.epoch, next),
                        count("step", epoch.step, static_cast<double>(last_step_ + 1),
                              static_cast<double>(steps_of(next))),
                        at_least("learning_rate", epoch.learning_rate, 0),
                        at_least("units_per_second", epoch.units_per_second.content.value_or(0), 0),
                        at_least("seconds", epoch.seconds.content.value_or(0), 0)}));
    TRILBY_CHECK(check_metrics("epoch event", epoch.validation, start_->validation_examples));
    epochs_done_ = next;
    last_step_ = epoch.step;
    return {};
}

}  // namespace trilby::train
