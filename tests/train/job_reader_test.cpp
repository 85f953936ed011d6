// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/job_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::train {
namespace {

using ::testing::HasSubstr;

constexpr const char* a_start =
    R"({"type":"start","libraries":{"libtorch":"2.8.0","blas":{"kind":"mkl","path":""},)"
    R"("onednn":true,"openmp":true,"threads":1},"parameters":10,"metric":"accuracy",)"
    R"("unit":"images","training_examples":100,"validation_examples":10,"test_examples":10,)"
    R"("steps_per_epoch":5,"epochs":2,"step":0,)"
    R"("history":[]})";
constexpr const char* a_progress =
    R"({"type":"progress","step":7,"training_loss":null,"units_per_second":1000.0})";
constexpr const char* an_epoch =
    R"({"type":"epoch","epoch":1,"step":5,"training_loss":0.5,)"
    R"("validation":{"accuracy":0.875,"loss":null},"learning_rate":0.001,"units_per_second":1000.0,"seconds":5})";
constexpr const char* a_result =
    R"({"epochs":2,"steps":10,"seconds":11,"metric":"accuracy",)"
    R"("validation":{"accuracy":0.875},"test":{"accuracy":0.75,"loss":0.5},"test_examples":10,)"
    R"("checkpoint":"c","graph":null})";

/// `text` with the members of `changes` instead of its own.
json::object changed(const char* text, const char* changes = "{}") {
    json::object document = json::parse_object(text, "test").value();
    const json::object members = json::parse_object(changes, "test").value();
    for (const auto& [key, value] : members) {
        document[key] = value;
    }
    return document;
}

/// A reader of a job of two epochs that has seen the start and `epochs` epochs.
JobReader reader_after(int epochs, const char* start_changes = "{}") {
    JobReader reader(2);
    EXPECT_TRUE(reader.event(changed(a_start, start_changes)));
    for (int epoch = 1; epoch <= epochs; ++epoch) {
        json::object document = changed(an_epoch);
        document["epoch"] = epoch;
        document["step"] = 5 * epoch;
        EXPECT_TRUE(reader.event(document));
    }
    return reader;
}

TEST(JobReader, AcceptsAWholeJob) {
    JobReader reader = reader_after(1);
    EXPECT_TRUE(reader.event(changed(a_progress)));
    EXPECT_TRUE(reader.event(changed(an_epoch, R"({"epoch":2,"step":10})")));
    EXPECT_TRUE(reader.result(changed(a_result)));
}

TEST(JobReader, AcceptsAResumedJob) {
    const char* resumed = R"({"step":7,"history":["{\"epoch\":1}"]})";
    JobReader reader = reader_after(0, resumed);
    EXPECT_TRUE(reader.event(changed(an_epoch, R"({"epoch":2,"step":10})")));
    EXPECT_TRUE(reader.result(changed(a_result)));
    EXPECT_TRUE(reader_after(0, R"({"step":10})").result(changed(a_result)));
}

TEST(JobReader, AcceptsAResumedJobThatValidatesFirst) {
    JobReader reader = reader_after(0, R"({"step":5,"validates_first":true})");
    EXPECT_TRUE(reader.event(changed(an_epoch)));
    EXPECT_TRUE(reader.event(changed(an_epoch, R"({"epoch":2,"step":10})")));
    EXPECT_TRUE(reader.result(changed(a_result)));
    for (const char* changes :
         {R"({"step":0,"validates_first":true})", R"({"step":7,"validates_first":true})"}) {
        EXPECT_FALSE(JobReader(2).event(changed(a_start, changes))) << changes;
    }
}

TEST(JobReader, RefusesAResultBeforeTheLastEpoch) {
    EXPECT_THAT(JobReader(2).result({}).error().message, HasSubstr("key 'epochs' is missing"));
    EXPECT_THAT(JobReader(2).result(changed(a_result)).error().message,
                HasSubstr("it follows epoch 0 of 2"));
    EXPECT_THAT(reader_after(1).result(changed(a_result)).error().message,
                HasSubstr("it follows epoch 1 of 2"));
}

TEST(JobReader, AcceptsAJobThatStoppedEarlyAndSaysSo) {
    const JobReader reader = reader_after(1);
    EXPECT_FALSE(reader.result(changed(a_result, R"({"epochs":1,"steps":5})")));
    const char* stopped = R"({"epochs":1,"steps":5,"stopped_after":1,"best_epoch":1})";
    EXPECT_TRUE(reader.result(changed(a_result, stopped)));
    EXPECT_FALSE(reader_after(2).result(changed(a_result, stopped)));
}

TEST(JobReader, AcceptsAnEpochThatLacksStepsOnlyFromARunWhoseTimeIsOver) {
    JobReader reader = reader_after(1);
    ASSERT_TRUE(reader.event(changed(an_epoch, R"({"epoch":2,"step":7})")));
    const char* over = R"({"epochs":2,"steps":7,"stopped_after":2,"time_is_over":true})";
    EXPECT_TRUE(reader.result(changed(a_result, over)));
    EXPECT_FALSE(reader.result(changed(a_result, R"({"epochs":2,"steps":7})")));
}

TEST(JobReader, RefusesAnEpochAfterOneThatLacksSteps) {
    JobReader reader = reader_after(0);
    ASSERT_TRUE(reader.event(changed(an_epoch, R"({"epoch":1,"step":3})")));
    EXPECT_THAT(reader.event(changed(an_epoch, R"({"epoch":2,"step":8})")).error().message,
                HasSubstr("it follows one that lacks steps"));
}

TEST(JobReader, RefusesAnImpossibleResult) {
    const JobReader reader = reader_after(2);
    ASSERT_TRUE(reader.result(changed(a_result)));
    for (const char* changes :
         {R"({"epochs":3})", R"({"steps":-10})", R"({"steps":11})", R"({"seconds":-1})",
          R"({"test":{"accuracy":1.5}})", R"({"validation":{"accuracy":-0.1}})",
          R"({"test_examples":11})", R"({"test":{}})", R"({"test":null})", R"({"seconds":"1"})",
          R"({"test":{"accuracy":[]}})", R"({"best_epoch":3})", R"({"best_epoch":0})",
          R"({"stopped_after":3,"epochs":3,"steps":15})"}) {
        const auto result = reader.result(changed(a_result, changes));
        ASSERT_FALSE(result) << changes;
        EXPECT_EQ(result.error().code, ErrorCode::bad_data) << changes;
    }
}

TEST(JobReader, RefusesCheckpointsThatTookLessThanNoTime) {
    constexpr const char* possible =
        R"({"saving":{"checkpoints":2,"bytes_each":9,"seconds_of_training":0.5,"seconds_beside":1}})";
    constexpr const char* impossible =
        R"({"saving":{"checkpoints":2,"bytes_each":9,"seconds_of_training":-0.5,"seconds_beside":1}})";
    EXPECT_TRUE(reader_after(2).result(changed(a_result, possible)));
    EXPECT_FALSE(reader_after(2).result(changed(a_result, impossible)));
}

TEST(JobReader, RefusesAnImpossibleStart) {
    for (const char* changes :
         {R"({"epochs":3})", R"({"step":-1})", R"({"step":11})", R"({"steps_per_epoch":0})",
          R"({"parameters":-1})", R"({"training_examples":0})", R"({"test_examples":-1})",
          R"({"metric":"luck"})", R"({"steps_per_epoch":9223372036854775807})",
          R"({"history":["rubbish"]})", R"({"history":["{\"epoch\":1}"]})", R"({"history":[1]})",
          R"({"step":5,"history":["{\"epoch\":1}\n{}"]})",
          R"({"step":10,"history":["{\"epoch\":2}","{\"epoch\":1}"]})"}) {
        EXPECT_FALSE(JobReader(2).event(changed(a_start, changes))) << changes;
    }
    JobReader reader = reader_after(0);
    EXPECT_THAT(reader.event(changed(a_start)).error().message, HasSubstr("the second one"));
}

TEST(JobReader, RefusesAnImpossibleEpoch) {
    for (const char* changes :
         {R"({"epoch":0,"step":0})", R"({"epoch":2,"step":10})", R"({"step":6})",
          R"({"validation":{"accuracy":2}})", R"({"validation":{"loss":1}})",
          R"({"learning_rate":-1})", R"({"seconds":-1})", R"({"units_per_second":-1})",
          R"({"training_loss":null})"}) {
        EXPECT_FALSE(reader_after(0).event(changed(an_epoch, changes))) << changes;
    }
    EXPECT_THAT(
        reader_after(2).event(changed(an_epoch, R"({"epoch":3,"step":15})")).error().message,
        HasSubstr("epoch is 3, expected 1 to 2"));
    EXPECT_THAT(JobReader(2).event(changed(an_epoch)).error().message,
                HasSubstr("precedes the start"));
}

TEST(JobReader, RefusesImpossibleProgress) {
    for (const char* changes : {R"({"step":-1})", R"({"step":11})", R"({"units_per_second":-1})"}) {
        EXPECT_FALSE(reader_after(0).event(changed(a_progress, changes))) << changes;
    }
}

TEST(JobReader, SkipsEventsOfOtherTypes) {
    const auto event = reader_after(0).event(changed(R"({"type":"later"})"));
    ASSERT_TRUE(event);
    EXPECT_FALSE(*event);
}

}  // namespace
}  // namespace trilby::train
