// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/trainer_status.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <fmt/chrono.h>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "report/progress.hpp"

namespace trilby::report {
namespace {

// The limits of the fields in Kubeflow Trainer's API.
constexpr std::size_t most_metrics = 256;
constexpr std::size_t longest_name = 64;
constexpr double most_seconds = std::numeric_limits<std::int32_t>::max();

void put(train::Metrics& into, std::string_view part, const train::Metrics& metrics) {
    for (const auto& [name, value] : metrics) {
        into[fmt::format("{}_{}", part, name)] = value;
    }
}

void take(TrainerStatus& status, const train::StartEvent& event) {
    status.first_step = status.step = event.step;
    status.steps = static_cast<double>(event.epochs) * static_cast<double>(event.steps_per_epoch);
    status.metrics["epochs"] = {static_cast<double>(event.epochs)};
}

void take(TrainerStatus& status, const train::ProgressEvent& event) {
    status.step = event.step;
    status.metrics["training_loss"] = event.training_loss;
    status.metrics["units_per_second"] = {event.units_per_second};
}

void take(TrainerStatus& status, const train::EpochEvent& event) {
    status.step = event.step;
    status.metrics["epoch"] = {static_cast<double>(event.epoch)};
    status.metrics["training_loss"] = {event.training_loss};
    status.metrics["learning_rate"] = {event.learning_rate};
    status.metrics["units_per_second"] = event.units_per_second;
    put(status.metrics, "validation", event.validation);
}

/// 100 only for a run that has ended: the last step is not the end of the work.
std::int64_t percentage(const TrainerStatus& status) {
    constexpr double most_before_the_end = 99.0;
    const double done = std::floor(100.0 * static_cast<double>(status.step) / status.steps);
    return status.has_ended ? 100
                            : static_cast<std::int64_t>(std::clamp(done, 0.0, most_before_the_end));
}

std::optional<std::int64_t> remaining_seconds(const TrainerStatus& status) {
    if (status.has_ended) {
        return 0;
    }
    if (status.step <= status.first_step) {
        return std::nullopt;
    }
    const double left =
        time_left(status.elapsed, status.first_step, status.step, status.steps).count();
    return static_cast<std::int64_t>(std::clamp(std::round(left), 0.0, most_seconds));
}

json::array metrics_json(const train::Metrics& metrics) {
    json::array listed;
    for (const auto& [name, value] : metrics) {
        if (name.size() <= longest_name && listed.size() < most_metrics &&
            std::isfinite(value.content.value_or(NAN))) {
            listed.push_back({{"name", name}, {"value", fmt::format("{}", *value.content)}});
        }
    }
    return listed;
}

}  // namespace

TrainerStatus after(TrainerStatus status, const train::Event& event,
                    std::chrono::duration<double> elapsed) {
    status.elapsed = elapsed;
    std::visit([&status](const auto& content) { take(status, content); }, event);
    return status;
}

TrainerStatus after(TrainerStatus status, const train::TrainingResult& result) {
    status.has_ended = true;
    put(status.metrics, "validation", result.validation);
    put(status.metrics, "test", result.test);
    return status;
}

json::object to_json(const TrainerStatus& status, std::chrono::sys_seconds now) {
    json::object content;
    if (status.steps > 0.0) {
        content["progressPercentage"] = percentage(status);
    }
    if (const auto seconds = remaining_seconds(status)) {
        content["estimatedRemainingSeconds"] = *seconds;
    }
    content["metrics"] = metrics_json(status.metrics);
    content["lastUpdatedTime"] = fmt::format(
        "{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time_t{now.time_since_epoch().count()}));
    return {{"trainerStatus", std::move(content)}};
}

}  // namespace trilby::report
