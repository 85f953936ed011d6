// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Real workers with the modules of tests/modules, and a check that none is left.

#pragma once

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <utility>
#include <vector>

#include "platform/child_process.hpp"
#include "support/test_files.hpp"
#include "worker/client.hpp"

namespace trilby::testing {

using namespace std::chrono_literals;

inline std::filesystem::path module_path(std::string_view name) {
    return test_folder() / "modules" / ("trilby-backend-" + std::string(name) + ".so");
}

/// Sanitizers do not catch signals here, and a race ends the worker while its client still runs.
inline std::vector<std::pair<std::string, std::string>> worker_environment() {
    return {{"ASAN_OPTIONS", "handle_segv=0:handle_abort=0:allocator_may_return_null=1"},
            {"TSAN_OPTIONS", "handle_segv=0:handle_abort=0:halt_on_error=1"}};
}

/// Starts a worker and loads the test module `module`; a failure ends the test.
inline worker::Worker start_with(std::string_view module, worker::WorkerOptions options = {}) {
    options.program = worker_program();
    options.environment = worker_environment();
    auto worker = worker::Worker::start(options);
    if (!worker) {
        throw std::runtime_error(worker.error().error.message + worker.error().output);
    }
    if (const auto loaded = worker->load(module_path(module)); !loaded) {
        throw std::runtime_error(loaded.error().error.message + loaded.error().output);
    }
    return std::move(*worker);
}

/// An event handler that accepts every event.
template <class Handle>
auto unfailing(Handle handle) {
    return [handle](const json::object& event) -> Result<void> {
        handle(event);
        return {};
    };
}

/// Waits until no child is left, including adopted orphans.
inline bool all_children_end_within(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (std::chrono::steady_clock::now() < deadline) {
        const pid_t reaped = ::waitpid(-1, nullptr, WNOHANG);
        if (reaped < 0) {
            return errno == ECHILD;
        }
        if (reaped == 0) {
            ::poll(nullptr, 0, 2);
        }
    }
    return false;
}

/// After each test every process that it started, directly or not, must be gone.
class WorkerTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ::prctl(PR_SET_CHILD_SUBREAPER, 1);  // orphans come to us instead of vanishing from view
    }
    void TearDown() override { EXPECT_TRUE(all_children_end_within(10s)) << "a process is left"; }
};

}  // namespace trilby::testing
