// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Whatever a module does, its client survives and reports in bounded time what happened.

#include <csignal>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/text.hpp"
#include "platform/child_process.hpp"
#include "platform/file_descriptor.hpp"
#include "worker/client.hpp"
#include "worker/worker_fixture.hpp"

namespace trilby::worker {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using testing::module_path;
using ::testing::Not;
using testing::start_with;
using testing::unfailing;
using testing::worker_environment;
using testing::worker_program;

#ifdef TRILBY_SANITIZED
constexpr bool has_shadow_memory = true;
#else
constexpr bool has_shadow_memory = false;
#endif

class Faults : public testing::WorkerTest {};

Failure failure_of_job(std::string_view module, const std::string& job,
                       const RequestOptions& options = {}) {
    auto worker = start_with(module);
    const auto answer = worker.run(job, {}, options);
    return answer ? throw std::runtime_error("the job ended well") : answer.error();
}

Failure failure_of_load(std::string_view module) {
    auto worker = Worker::start({.program = worker_program(), .environment = worker_environment()});
    if (!worker) {
        throw std::runtime_error(worker.error().error.message);
    }
    const auto answer = worker->load(module_path(module));
    return answer ? throw std::runtime_error("the module was loaded") : answer.error();
}

/// The failure of a hanging job when its worker gets `signal` from outside.
Failure failure_of_signaled(const std::string& job, int signal) {
    auto worker = start_with("hang");
    const pid_t pid = worker.pid();
    const auto answer =
        worker.run(job, {}, {.silence_limit = 1s, .on_event = unfailing([&](const json::object&) {
                                                      ::kill(pid, signal);
                                                  })});
    return answer ? throw std::runtime_error("the job ended well") : answer.error();
}

/// Waits for the end of a process that need not be our child.
bool ends_within(pid_t pid, std::chrono::milliseconds limit) {
    const platform::FileDescriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd ended{handle.get(), POLLIN, 0};
    return !handle || ::poll(&ended, 1, static_cast<int>(limit.count())) == 1;
}

TEST_F(Faults, CrashInAJobIsReportedWithItsOutput) {
    const Failure failure = failure_of_job("crash", "segv");
    EXPECT_EQ(failure.outcome, Outcome::crashed);
    EXPECT_EQ(failure.error.message, "the worker crashed (SIGSEGV)");
    EXPECT_EQ(failure.output, "last words\n");
}

TEST_F(Faults, AbortInAJobIsReported) {
    EXPECT_EQ(failure_of_job("crash", "abort").error.message, "the worker crashed (SIGABRT)");
}

TEST_F(Faults, CrashOnOpenIsReported) {
    auto environment = worker_environment();
    environment.emplace_back("TRILBY_TEST_CRASH_IN_OPEN", "1");
    auto worker = Worker::start({.program = worker_program(), .environment = environment});
    ASSERT_TRUE(worker);
    const auto answer = worker->load(module_path("crash"));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::crashed);
}

TEST_F(Faults, KillFromOutsideIsReported) {
    const Failure failure = failure_of_signaled("any", SIGKILL);
    EXPECT_EQ(failure.outcome, Outcome::crashed);
    EXPECT_EQ(failure.error.message, "the worker was killed (SIGKILL)");
}

TEST_F(Faults, CrashFromOutsideIsReported) {
    EXPECT_EQ(failure_of_signaled("any", SIGSEGV).error.message, "the worker crashed (SIGSEGV)");
}

TEST_F(Faults, AWorkerThatSomebodyEndedHasNoDefect) {
    const Error error = failure_of_signaled("any", SIGQUIT).error;
    EXPECT_THAT(error.message, HasSubstr("somebody ended the worker"));
    EXPECT_THAT(error.hint, Not(HasSubstr("defect")));
}

TEST_F(Faults, AWorkerLeavesItToTrilbyToEndTheJob) {
    for (const int signal : {SIGTERM, SIGUSR1}) {
        EXPECT_EQ(failure_of_signaled("any", signal).outcome, Outcome::timed_out) << signal;
    }
}

TEST_F(Faults, EndIsDetectedEvenIfAnOrphanHoldsTheChannel) {
    EXPECT_EQ(failure_of_signaled("fork", SIGKILL).outcome, Outcome::crashed);
}

TEST_F(Faults, StoppedWorkerTimesOut) {
    EXPECT_EQ(failure_of_signaled("any", SIGSTOP).outcome, Outcome::timed_out);
}

TEST_F(Faults, HangTimesOut) {
    const Failure failure = failure_of_job("hang", "any", {.silence_limit = 300ms});
    EXPECT_EQ(failure.outcome, Outcome::timed_out);
    EXPECT_EQ(failure.error.message, "the worker said nothing for 0.3 s and was killed");
}

TEST_F(Faults, HangThatForkedAndBlocksSignalsDiesAsAGroup) {
    auto worker = start_with("hang");
    pid_t child = 0;
    const auto answer = worker.run(
        "fork", {}, {.silence_limit = 300ms, .on_event = unfailing([&](const json::object& e) {
                                                 child =
                                                     static_cast<pid_t>(e.at("child").as_int64());
                                             })});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::timed_out);
    ASSERT_GT(child, 0);
    EXPECT_TRUE(ends_within(child, 10s));
}

TEST_F(Faults, WorkerAndWhatItForkedEndWithAKilledClient) {
    auto client =
        platform::ChildProcess::spawn({.program = testing::test_folder() / "abandoned_client",
                                       .arguments = {worker_program(), module_path("hang"), "fork"},
                                       .environment = worker_environment()});
    ASSERT_TRUE(client) << client.error().message;
    pollfd readable{client->standard_output().get(), POLLIN, 0};
    ASSERT_EQ(::poll(&readable, 1, 30'000), 1);
    std::array<char, 64> text{};
    const ssize_t got = ::read(client->standard_output().get(), text.data(), text.size());
    ASSERT_GT(got, 0);
    const auto words = split_words({text.data(), static_cast<std::size_t>(got)});
    ASSERT_EQ(words.size(), 2U);
    client->kill();
    for (const auto word : words) {
        EXPECT_TRUE(ends_within(parse_number<pid_t>(word).value(), 10s)) << word;
    }
}

TEST_F(Faults, ShortMemoryIsReported) {
    if (has_shadow_memory) {
        GTEST_SKIP() << "a sanitizer reserves more address space than the limit allows";
    }
    auto worker = start_with("oom", {.address_space_limit_bytes = 512U << 20});
    const auto answer = worker.run("any", {});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().outcome, Outcome::out_of_memory);
    EXPECT_EQ(answer.error().error.hint, "use a smaller batch");
}

TEST_F(Faults, ExitInAJobIsReportedWithItsOutput) {
    const Failure failure = failure_of_job("exits", "any");
    EXPECT_EQ(failure.outcome, Outcome::exited);
    EXPECT_EQ(failure.error.message, "the worker ended early with exit code 3");
    EXPECT_EQ(failure.output, "fatal: no license\n");
    EXPECT_EQ(failure_of_job("exits", "clean").outcome, Outcome::exited);
}

TEST_F(Faults, TheLastOutputIsReportedAlsoFromALargePipe) {
    auto worker = start_with("exits");
    const pid_t pid = worker.pid();
    const auto answer = worker.run(
        "prints", {},
        {.on_event = unfailing([&](const json::object&) { EXPECT_TRUE(ends_within(pid, 60s)); })});
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().output, EndsWith("fatal: no license\n"));
}

TEST_F(Faults, NoiseOnStandardOutputNeitherBlocksNorConfuses) {
    auto worker = start_with("noisy");
    const auto answer = worker.run("print", {});
    EXPECT_TRUE(answer) << answer.error().error.message;
}

TEST_F(Faults, GarbageOnTheChannelIsAViolation) {
    const Failure failure = failure_of_job("noisy", "rubbish");
    EXPECT_EQ(failure.outcome, Outcome::violated);
    EXPECT_THAT(failure.error.message, HasSubstr("the worker broke the protocol: the frame has"));
    EXPECT_THAT(failure.output, HasSubstr("noise 39999"));
    EXPECT_LT(failure.output.size(), 20'000U);
}

TEST_F(Faults, MissingLibraryIsReported) {
    const Failure failure = failure_of_load("missing_library");
    EXPECT_EQ(failure.outcome, Outcome::refused);
    EXPECT_EQ(failure.error.code, ErrorCode::unavailable);
    EXPECT_THAT(failure.error.message, HasSubstr("libtrilby-missing.so.1"));
}

TEST_F(Faults, UnfitModuleIsRefusedWithTheReason) {
    struct Case {
        const char* module;
        const char* reason;
    };
    for (const auto& [module, reason] : {
             Case{"old_abi", "was built for backend ABI 0, expected 1"},
             Case{"short_struct", "describes itself in 16 bytes, expected at least 56"},
             Case{"null_table", "does not support backend ABI 1"},
             Case{"no_functions", "lacks its name, its version or one of its functions"},
             Case{"no_symbol", "is not a backend module: it has no symbol trilby_backend_get"},
             Case{"nonexistent", "cannot open shared object file"},
         }) {
        const Failure failure = failure_of_load(module);
        EXPECT_EQ(failure.outcome, Outcome::refused) << module;
        EXPECT_EQ(failure.error.code, ErrorCode::unavailable) << module;
        EXPECT_THAT(failure.error.message, HasSubstr(reason));
    }
}

TEST_F(Faults, ModuleIsNeverSearchedFor) {
    auto worker = Worker::start({.program = worker_program()});
    ASSERT_TRUE(worker);
    const auto answer = worker->load("libm.so.6");
    ASSERT_FALSE(answer);
    EXPECT_THAT(answer.error().error.message, HasSubstr("is not an absolute path"));
}

TEST_F(Faults, WrongResultIsADefectOfTheModule) {
    struct Case {
        const char* job;
        const char* reason;
    };
    for (const auto& [job, reason] : {
             Case{"text", "the module's result: not valid JSON"},
             Case{"array", "the module's result: array, expected an object"},
             Case{"null", "the module's result: not valid JSON"},
             Case{"nothing", "the module delivered 0 results, expected one"},
             Case{"twice", "the module delivered 2 results, expected one"},
             Case{"large", "bytes, expected at most 8388608"},
             Case{"deeper", "the module's result: not valid JSON"},
             Case{"silent", "the module gave no reason (io)"},
             Case{"status", "the module gave no reason (internal)"},
         }) {
        const Failure failure = failure_of_job("liar", job);
        EXPECT_EQ(failure.outcome, Outcome::refused) << job;
        EXPECT_THAT(failure.error.message, HasSubstr(reason));
    }
}

TEST_F(Faults, ResultMayNestAsDeepAsTheLimitSays) {
    auto worker = start_with("liar");
    int events = 0;
    const auto answer =
        worker.run("deepest", {}, {.on_event = unfailing([&](const json::object&) { ++events; })});
    EXPECT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(events, 1);
}

TEST_F(Faults, MalformedEventsAreDroppedAndTheJobContinues) {
    auto worker = start_with("liar");
    std::vector<json::object> events;
    const auto answer = worker.run(
        "events", {}, {.on_event = unfailing([&](const json::object& e) { events.push_back(e); })});
    EXPECT_TRUE(answer) << answer.error().error.message;
    EXPECT_EQ(events, (std::vector<json::object>{{{"true", 1}}}));
}

TEST_F(Faults, TextOfTheModuleIsMadePrintable) {
    const Failure failure = failure_of_job("liar", "bad_utf8");
    EXPECT_EQ(failure.error.code, ErrorCode::bad_data);
    EXPECT_EQ(failure.error.message, "file '\\xff\\xfe' \\x1b[2J");
    EXPECT_EQ(failure.error.hint, "\\xc0\\xaf");
}

TEST_F(Faults, StatusOutOfRangeForADeviceIsADefect) {
    auto worker = start_with("liar");
    const auto answer = worker.devices();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().error.code, ErrorCode::internal);
}

TEST_F(Faults, EscapedExceptionIsReported) {
    EXPECT_EQ(failure_of_job("throws", "bad_alloc").outcome, Outcome::out_of_memory);
    const Failure failure = failure_of_job("throws", "other");
    EXPECT_EQ(failure.outcome, Outcome::refused);
    EXPECT_EQ(failure.error.message, "the module let an exception escape: kernel launch failed");
}

}  // namespace
}  // namespace trilby::worker
