// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/client.hpp"

#include <csignal>
#include <gmock/gmock.h>
#include <iterator>

#include "platform/interrupt.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::worker {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using testing::module_path;
using testing::start_with;
using testing::unfailing;
using testing::worker_program;

class Client : public testing::WorkerTest {};

std::size_t open_descriptors() {
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(begin(entries), end(entries)));
}

TEST_F(Client, ReceivesNameAndVersionOfTheModule) {
    auto worker = Worker::start({.program = worker_program()});
    ASSERT_TRUE(worker);
    const auto about = worker->load(module_path("good"));
    ASSERT_TRUE(about) << about.error().error.message;
    EXPECT_EQ(*about, (json::object{{"name", "good"}, {"version", "0.1.0"}}));
}

TEST_F(Client, ListsDevicesWithTheirKnownProperties) {
    auto worker = start_with("good");
    const auto answer = worker.devices();
    ASSERT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(json::serialize(*answer),
              R"({"devices":[{"index":0,"name":"Test Accelerator","pci_address":"0000:03:00.0",)"
              R"("memory_total_bytes":17179869184},{"index":1,"name":"Test Processor",)"
              R"("pci_address":null,"memory_total_bytes":null}]})");
}

TEST_F(Client, GetsEventsInOrderAndThenTheResult) {
    auto worker = start_with("good");
    std::vector<std::int64_t> steps;
    const auto answer =
        worker.run("count", {{"rate", 0.5}}, {.on_event = unfailing([&](const json::object& event) {
                                                  steps.push_back(event.at("step").as_int64());
                                              })});
    ASSERT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(steps, (std::vector<std::int64_t>{1, 2, 3}));
    EXPECT_EQ(*answer, (json::object{{"rate", 0.5}}));
}

TEST_F(Client, RunsOneJobAfterAnother) {
    auto worker = start_with("good");
    for (int i = 0; i < 20; ++i) {
        const auto answer = worker.run("count", {{"i", i}});
        ASSERT_TRUE(answer) << answer.error().error.message;
        EXPECT_EQ(answer->at("i"), i);
    }
}

TEST_F(Client, ReportsWhyAJobWasRefused) {
    auto worker = start_with("good");
    const auto answer = worker.run("fly", {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::refused);
    EXPECT_EQ(answer.error().error.code, ErrorCode::usage);
    EXPECT_EQ(answer.error().error.message, "unknown job, expected count or wait");
    EXPECT_EQ(answer.error().error.hint, "see docs/jobs.md");
    EXPECT_TRUE(worker.run("count", {})) << "a refusal leaves the worker usable";
}

TEST_F(Client, WaitsForASlowJobThatSendsEvents) {
    auto worker = start_with("slow");
    EXPECT_TRUE(worker.run("any", {}, {.silence_limit = 900ms}));
}

TEST_F(Client, SendsRequestsThatAreLargerThanAnyAnswer) {
    auto worker = start_with("liar");
    const auto run = [&](std::size_t bytes) {
        return worker.run("known_answer", {{"text", std::string(bytes, 'x')}});
    };
    const auto answer = run(frame_limit_bytes + 1);
    EXPECT_TRUE(answer) << answer.error().error.message;
    const auto larger = run(request_limit_bytes);
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().error.code, ErrorCode::usage);
}

TEST_F(Client, EndsAJobThatExceedsItsTotalLimit) {
    auto worker = start_with("slow");
    const auto answer = worker.run("any", {}, {.silence_limit = 900ms, .total_limit = 300ms});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::timed_out);
    EXPECT_EQ(answer.error().error.message, "the worker did not end within 0.3 s and was killed");
}

TEST_F(Client, CancelsOnTheFirstInterrupt) {
    auto worker = start_with("good");
    platform::InterruptWatch interrupts;
    const auto answer =
        worker.run("wait", {},
                   {.on_event = unfailing([](const json::object&) { ::raise(SIGINT); }),
                    .interrupts = &interrupts});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::cancelled);
    EXPECT_EQ(answer.error().error.code, ErrorCode::interrupted);
    EXPECT_EQ(answer.error().error.message, "stopped as asked, after the step in progress");
    EXPECT_TRUE(worker.run("count", {})) << "a cancelled job leaves the worker usable";
}

TEST_F(Client, SendsNoRequestAfterAnInterrupt) {
    auto worker = start_with("good");
    platform::InterruptWatch interrupts;
    ::raise(SIGTERM);
    EXPECT_EQ(interrupts.count(), 1) << "an earlier request may have seen it already";
    const auto answer = worker.run("wait", {}, {.interrupts = &interrupts});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::cancelled);
    EXPECT_EQ(answer.error().error.code, ErrorCode::interrupted);
    EXPECT_TRUE(worker.run("count", {})) << "the worker has noticed nothing";
}

TEST_F(Client, ReportsThatItCancels) {
    auto worker = start_with("good");
    platform::InterruptWatch interrupts;
    int cancelled = 0;
    static_cast<void>(
        worker.run("wait", {},
                   {.on_event = unfailing([](const json::object&) { ::raise(SIGINT); }),
                    .interrupts = &interrupts,
                    .on_cancel = [&] { ++cancelled; }}));
    EXPECT_EQ(cancelled, 1);
}

TEST_F(Client, KillsOnTheSecondInterrupt) {
    auto worker = start_with("hang");
    platform::InterruptWatch interrupts;
    const auto answer = worker.run("any", {},
                                   {.silence_limit = 1h,
                                    .cancel_limit = 1h,
                                    .on_event = unfailing([](const json::object&) {
                                        ::raise(SIGINT);
                                        ::raise(SIGTERM);
                                    }),
                                    .interrupts = &interrupts});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::cancelled);
    EXPECT_EQ(answer.error().error.message, "interrupted twice");
    EXPECT_EQ(::kill(worker.pid(), 0), -1);
}

TEST_F(Client, KillsAJobThatIgnoresCancellation) {
    auto worker = start_with("hang");
    platform::InterruptWatch interrupts;
    const auto answer =
        worker.run("any", {},
                   {.silence_limit = 1h,
                    .cancel_limit = 500ms,
                    .on_event = unfailing([](const json::object&) { ::raise(SIGINT); }),
                    .interrupts = &interrupts});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::cancelled);
    EXPECT_EQ(answer.error().error.message, "the worker did not stop within 0.5 s and was killed");
}

TEST_F(Client, RefusesToSendAnUnreadableRequest) {
    auto worker = start_with("good");
    const auto not_utf8 = worker.run("count", {{"path", "/data/\xe4"}});
    ASSERT_FALSE(not_utf8);
    EXPECT_EQ(not_utf8.error().outcome, Outcome::refused);
    EXPECT_EQ(not_utf8.error().error.code, ErrorCode::usage);
    const auto too_large = worker.run("count", {{"x", std::string(9U << 20, 'x')}});
    ASSERT_FALSE(too_large);
    EXPECT_THAT(too_large.error().error.message, HasSubstr("expected at most 8388608"));
    EXPECT_TRUE(worker.run("count", {})) << "nothing was sent";
}

TEST_F(Client, CarriesARequestLargerThanASocketHolds) {
    auto worker = start_with("good");
    const std::string text(4U << 20, 'x');
    const auto answer = worker.run("count", {{"x", text}});
    ASSERT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(answer->at("x").as_string().size(), text.size());
}

TEST_F(Client, FailsAtOnceAfterItsWorkerEnded) {
    auto worker = start_with("exits");
    ASSERT_FALSE(worker.run("any", {}));
    const auto answer = worker.run("any", {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::exited);
}

TEST_F(Client, LeaksNoDescriptorOverManyWorkers) {
    start_with("good");
    const std::size_t before = open_descriptors();
    for (int i = 0; i < 50; ++i) {
        auto worker = start_with("good");
        ASSERT_TRUE(worker.run("count", {}));
    }
    EXPECT_EQ(open_descriptors(), before);
}

TEST_F(Client, ReportsAMissingWorkerProgram) {
    const auto worker = Worker::start({.program = "/nonexistent/trilby-worker"});
    ASSERT_FALSE(worker);
    EXPECT_EQ(worker.error().error.code, ErrorCode::unavailable);
    EXPECT_THAT(worker.error().error.message, HasSubstr("/nonexistent/trilby-worker"));
    EXPECT_FALSE(worker.error().error.hint.empty());
}

TEST_F(Client, ReportsAProgramThatEndsWithoutAGreeting) {
    for (const char* program : {"/bin/true", "/bin/cat"}) {
        const auto worker = Worker::start({.program = program});
        ASSERT_FALSE(worker) << program;
        EXPECT_EQ(worker.error().outcome, Outcome::exited) << program;
        EXPECT_THAT(worker.error().error.message, HasSubstr("exit code 0"));
    }
}

TEST_F(Client, ReportsAProgramThatSendsNoGreeting) {
    const auto worker = Worker::start({.program = "/usr/bin/yes", .start_limit = 300ms});
    ASSERT_FALSE(worker);
    EXPECT_EQ(worker.error().outcome, Outcome::timed_out);
    EXPECT_THAT(worker.error().output, HasSubstr("y\ny\n"));
}

TEST_F(Client, AnErrorOfTheEventHandlerCancelsTheRequest) {
    auto worker = start_with("good");
    const auto answer =
        worker.run("wait", {}, {.on_event = [](const json::object&) -> Result<void> {
                       return failure(ErrorCode::io, "the disk is full");
                   }});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.message, "the disk is full");
    EXPECT_EQ(answer.error().error.code, ErrorCode::io);
    EXPECT_TRUE(worker.run("count", {{"rate", 0.5}})) << "the worker lives on";
}

}  // namespace
}  // namespace trilby::worker
