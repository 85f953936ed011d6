// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/trainer_status.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace trilby::report {
namespace {

using std::chrono::seconds;

constexpr std::chrono::sys_seconds noon{seconds(1'769'169'600)};  // 2026-01-23 12:00:00

train::StartEvent start(std::int64_t epochs, std::int64_t steps_per_epoch, std::int64_t step = 0) {
    train::StartEvent event;
    event.epochs = epochs;
    event.steps_per_epoch = steps_per_epoch;
    event.step = step;
    return event;
}

train::ProgressEvent progress(std::int64_t step, double loss = 0.5) {
    return {.step = step, .training_loss = {loss}, .units_per_second = 100.0};
}

TrainerStatus at_step(std::int64_t step, std::int64_t first_step, seconds elapsed) {
    const TrainerStatus started = after({}, start(4, 250, first_step), seconds(0));
    return after(started, progress(step), elapsed);
}

json::object content_of(const TrainerStatus& status) {
    return to_json(status, noon).at("trainerStatus").as_object();
}

std::int64_t percentage_of(const TrainerStatus& status) {
    return content_of(status).at("progressPercentage").as_int64();
}

/// The value of a metric as the document has it; empty if it has none of that name.
std::string metric(const TrainerStatus& status, std::string_view name) {
    const json::object content = content_of(status);
    for (const json::value& one : content.at("metrics").as_array()) {
        if (one.at("name").as_string() == name) {
            return std::string(one.at("value").as_string());
        }
    }
    return {};
}

TEST(TrainerStatus, IsTheDocumentThatTheInterfaceWants) {
    EXPECT_EQ(json::serialize(to_json(at_step(250, 0, seconds(10)), noon)),
              R"({"trainerStatus":{"progressPercentage":25,"estimatedRemainingSeconds":30,)"
              R"("metrics":[{"name":"epochs","value":"4"},{"name":"training_loss","value":"0.5"},)"
              R"({"name":"units_per_second","value":"100"}],)"
              R"("lastUpdatedTime":"2026-01-23T12:00:00Z"}})");
}

TEST(TrainerStatus, PercentageIsAWholeNumberAnd100OnlyAtTheEnd) {
    EXPECT_EQ(percentage_of(after({}, start(4, 250), seconds(0))), 0);
    EXPECT_EQ(percentage_of(at_step(9, 0, seconds(1))), 0);
    EXPECT_EQ(percentage_of(at_step(339, 0, seconds(1))), 33);
    EXPECT_EQ(percentage_of(at_step(1000, 0, seconds(1))), 99);
    EXPECT_EQ(percentage_of(after(at_step(300, 0, seconds(1)), train::TrainingResult{})), 100);
}

TEST(TrainerStatus, PercentageStaysInItsRangeWhateverTheWorkerSays) {
    EXPECT_EQ(percentage_of(at_step(std::numeric_limits<std::int64_t>::max(), 0, seconds(1))), 99);
    EXPECT_EQ(percentage_of(at_step(-5, 0, seconds(1))), 0);
    EXPECT_FALSE(content_of(after({}, start(0, 0), seconds(0))).contains("progressPercentage"));
}

TEST(TrainerStatus, TimeOfAResumedRunIsEstimatedFromItsOwnSteps) {
    EXPECT_EQ(content_of(at_step(600, 500, seconds(10))).at("estimatedRemainingSeconds"), 40);
}

TEST(TrainerStatus, TimeIsLeftOutUntilAStepIsDoneAndIs0AtTheEnd) {
    EXPECT_FALSE(content_of(at_step(500, 500, seconds(9))).contains("estimatedRemainingSeconds"));
    EXPECT_EQ(content_of(after(at_step(500, 500, seconds(9)), train::TrainingResult{}))
                  .at("estimatedRemainingSeconds"),
              0);
}

TEST(TrainerStatus, TimeFitsIntoTheNumberOfTheInterface) {
    EXPECT_EQ(
        content_of(at_step(1, 0, std::chrono::hours(100'000))).at("estimatedRemainingSeconds"),
        std::numeric_limits<std::int32_t>::max());
    EXPECT_EQ(content_of(at_step(2000, 0, seconds(9))).at("estimatedRemainingSeconds"), 0);
}

TEST(TrainerStatus, HasTheNewestMetricsOfEachPart) {
    train::EpochEvent epoch;
    epoch.epoch = 2;
    epoch.step = 500;
    epoch.training_loss = 0.25;
    epoch.learning_rate = 1e-5;
    epoch.validation = {{"accuracy", {0.875}}};
    TrainerStatus status = after(at_step(499, 0, seconds(10)), epoch, seconds(11));
    EXPECT_EQ(metric(status, "epoch"), "2");
    EXPECT_EQ(metric(status, "training_loss"), "0.25");
    EXPECT_EQ(metric(status, "learning_rate"), "1e-05");
    EXPECT_EQ(metric(status, "validation_accuracy"), "0.875");
    train::TrainingResult result;
    result.validation = {{"accuracy", {0.9}}};
    result.test = {{"accuracy", {0.8}}};
    status = after(status, result);
    EXPECT_EQ(metric(status, "validation_accuracy"), "0.9");
    EXPECT_EQ(metric(status, "test_accuracy"), "0.8");
}

TEST(TrainerStatus, LeavesOutMetricsThatAreNotFinite) {
    const TrainerStatus good = at_step(10, 0, seconds(1));
    constexpr double infinity = std::numeric_limits<double>::infinity();
    for (const double value : {std::numeric_limits<double>::quiet_NaN(), infinity, -infinity}) {
        EXPECT_EQ(metric(after(good, progress(11, value), seconds(2)), "training_loss"), "");
    }
    const train::ProgressEvent null{.step = 11, .training_loss = {}, .units_per_second = 1.0};
    EXPECT_EQ(metric(after(good, null, seconds(2)), "training_loss"), "");
}

TEST(TrainerStatus, LeavesOutMetricsThatTheInterfaceWouldRefuse) {
    train::EpochEvent epoch;
    epoch.validation[std::string(60, 'x')] = {1.0};
    for (int i = 0; i < 1000; ++i) {
        epoch.validation["m" + std::to_string(i)] = {-1.2345678901234567e-300};
    }
    const TrainerStatus status = after(at_step(10, 0, seconds(1)), epoch, seconds(1));
    const json::object content = content_of(status);
    EXPECT_EQ(content.at("metrics").as_array().size(), 256U);
    for (const json::value& one : content.at("metrics").as_array()) {
        EXPECT_LE(one.at("name").as_string().size(), 64U);
        EXPECT_LE(one.at("value").as_string().size(), 64U);
    }
}

}  // namespace
}  // namespace trilby::report
