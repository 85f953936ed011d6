// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/launch.hpp"

#include <array>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "train/event_file.hpp"
#include "train/images/data.hpp"
#include "train/made_dataset.hpp"
#include "train/run_record.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;
using trilby::testing::made_dataset;
using trilby::testing::write_made_dataset;

/// Runs the module tests/modules/liar.c, whose answers come from the environment.
class Launch : public trilby::testing::WorkerTest {
  protected:
    void SetUp() override {
        WorkerTest::SetUp();
        write_made_dataset(folder_);
        ::setenv("TRILBY_TEST_KNOWN_ANSWER", R"({"elements":4,"libraries":{}})", 1);
    }
    void TearDown() override {
        ::unsetenv("TRILBY_TEST_KNOWN_ANSWER");
        ::unsetenv("TRILBY_TEST_ANSWER");
        ::unsetenv("TRILBY_TEST_HANG");
        ::unsetenv("TRILBY_TEST_TRIAL");
        WorkerTest::TearDown();
    }

    worker::Answer<RunResult> run(const char* module, std::int64_t epochs,
                                  const LaunchOptions& how = {}) {
        const images::Settings settings{.dataset = "made",
                                        .validation_examples = 1,
                                        .layers = {Flatten{}, Linear{.features = 3}}};
        const Recipe recipe{.name = "made", .task = settings, .training = {.epochs = epochs}};
        auto data = images::prepare_dataset(made_dataset, folder_.path(), settings);
        auto run = RunFolder::create(recipe, folder_ / "run");
        if (!run || !data) {
            return std::unexpected(worker::Failure{.error = !run ? run.error() : data.error()});
        }
        SessionOptions options;
        options.worker_program = trilby::testing::worker_program();
        options.backend_module = trilby::testing::module_path(module);
        options.silence_limit = silence_limit_;
        return launch(*run, *data, options, how, [](const Event&) {});
    }

    /// The failure of a run with `liar`, which must leave no result.
    worker::Failure failure_of_run() {
        const auto answer = run("liar", /*epochs=*/1);
        EXPECT_FALSE(std::filesystem::exists(folder_ / "run/result.json"));
        return answer ? worker::Failure() : answer.error();
    }

    trilby::testing::TemporaryFolder folder_;
    std::chrono::milliseconds silence_limit_{60'000};
};

TEST_F(Launch, ABackendThatReportsNothingHasFailed) {
    const worker::Failure failure = failure_of_run();
    EXPECT_EQ(failure.outcome, worker::Outcome::violated);
    EXPECT_EQ(failure.error.code, ErrorCode::failed);
    EXPECT_EQ(failure.error.message,
              "backend 'trilby-backend-liar' broke its contract: the training's result: key "
              "'epochs' is missing");
}

TEST_F(Launch, ABackendThatReportsAResultWithoutTrainingHasFailed) {
    ::setenv("TRILBY_TEST_ANSWER",
             R"({"epochs":1,"steps":1,"seconds":1,"metric":"accuracy","validation":{},"test":{},)"
             R"("test_examples":1,"checkpoint":"","graph":null})",
             1);
    const worker::Failure failure = failure_of_run();
    EXPECT_EQ(failure.outcome, worker::Outcome::violated);
    EXPECT_THAT(failure.error.message, HasSubstr("it follows epoch 0 of"));
}

TEST_F(Launch, ABackendThatComputedNothingIsNotUsed) {
    ::setenv("TRILBY_TEST_KNOWN_ANSWER", R"({"elements":0,"libraries":{}})", 1);
    EXPECT_THAT(failure_of_run().error.message,
                HasSubstr("the known answer: elements is 0, expected 1 or more"));
}

TEST_F(Launch, ASilentWorkerMayBeInALongStep) {
    ::setenv("TRILBY_TEST_HANG", "1", 1);
    silence_limit_ = std::chrono::seconds(2);
    const worker::Failure failure = failure_of_run();
    EXPECT_EQ(failure.outcome, worker::Outcome::timed_out);
    EXPECT_THAT(failure.error.hint, HasSubstr("give a larger --timeout"));
    EXPECT_THAT(failure.error.hint, HasSubstr("journalctl"));
}

TEST_F(Launch, ATrialThatCrashesTheWorkerIsFollowedByARunWithoutOne) {
    ::setenv("TRILBY_TEST_TRIAL", "1", 1);
    const auto result = run("trains", /*epochs=*/3);
    ASSERT_TRUE(result) << result.error().error.message;
    EXPECT_EQ(result->result.content.epochs, 3);
}

TEST_F(Launch, TheResultHasTheMachine) {
    const TrainingMachine machine{.trilby = "1.2.3", .backend = "cpu", .threads = 7};
    const auto result = run("trains", /*epochs=*/3, {.machine = machine});
    ASSERT_TRUE(result) << result.error().error.message;
    const auto read = read_run(folder_ / "run");
    ASSERT_TRUE(read && read->machine);
    EXPECT_EQ(read->machine->trilby, "1.2.3");
    EXPECT_EQ(read->machine->libtorch, "none") << "the job knows it better";
    EXPECT_EQ(read->machine->threads, 1) << "the job knows it better";
    EXPECT_EQ(result->context.content.machine->device, read->machine->device);
}

TEST_F(Launch, AnEventFileIsWrittenIfItIsWanted) {
    ASSERT_TRUE(run("trains", /*epochs=*/3, {.writes_events = true}));
    const auto events = folder_ / "run" / events_name;
    const std::string written = trilby::testing::read_file(events);
    EXPECT_THAT(written, HasSubstr("accuracy/test"));
    ASSERT_TRUE(write_event_file(folder_ / "run"));
    EXPECT_EQ(trilby::testing::read_file(events), written) << "the same as afterwards";
}

}  // namespace
}  // namespace trilby::train
