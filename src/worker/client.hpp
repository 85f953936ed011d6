// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The client of a worker process: starts it, sends requests, and survives whatever it does.

#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "platform/child_output.hpp"
#include "platform/child_process.hpp"
#include "platform/interrupt.hpp"
#include "worker/failure.hpp"
#include "worker/protocol.hpp"

namespace trilby::worker {

struct WorkerOptions {
    std::filesystem::path program = {};  ///< trilby-worker
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::optional<std::uint64_t> address_space_limit_bytes = std::nullopt;
    std::array<int, 2> shared_descriptors{-1, -1};  ///< as in platform::ChildOptions
    std::chrono::milliseconds start_limit{10'000};
};

struct RequestOptions {
    /// Longest time without a message of the worker.
    std::chrono::milliseconds silence_limit{60'000};
    /// Longest time until the answer, whatever events arrive.
    std::chrono::milliseconds total_limit = std::chrono::hours(24 * 365);
    /// Time to finish after a cancellation, for example to write a checkpoint.
    std::chrono::milliseconds cancel_limit{30'000};
    /// Called for every event. An error cancels the request, which then fails with it.
    std::function<Result<void>(const json::object&)> on_event = {};
    /// The first signal cancels the request, the second kills the worker. A request after a signal
    /// is cancelled before it is sent. May be null.
    platform::InterruptWatch* interrupts = nullptr;
    /// Called when a cancellation begins, which may take `cancel_limit`.
    std::function<void()> on_cancel = {};
    /// The worker is killed once it is readable. -1: never.
    int abandon_fd = -1;
};

class Worker {
  public:
    /// Starts the process and waits for its greeting.
    [[nodiscard]] static Answer<Worker> start(const WorkerOptions& options);

    /// Loads a backend module, once in the life of a worker. The result describes the module.
    [[nodiscard]] Answer<json::object> load(const std::filesystem::path& module,
                                            const RequestOptions& options = {});
    /// {"devices": [...]} of the module.
    [[nodiscard]] Answer<json::object> devices(const RequestOptions& options = {});
    /// Runs one job of docs/jobs.md to its end.
    [[nodiscard]] Answer<json::object> run(const std::string& job, json::object params,
                                           const RequestOptions& options = {});

    [[nodiscard]] pid_t pid() const { return child_.pid(); }

  private:
    explicit Worker(platform::ChildProcess child) : child_(std::move(child)) {}

    struct Wait;  // one request's clock and cancellation

    Answer<json::object> request(const std::string& method, json::object params,
                                 const RequestOptions& options);
    Answer<WorkerMessage> next_message(Wait& wait);
    Answer<std::optional<WorkerMessage>> take_decoded();
    std::expected<void, Failure> poll_once(Wait& wait);
    std::expected<void, Failure> notice_interrupt(Wait& wait);
    std::expected<void, Failure> take(const Event& event, Wait& wait);
    std::expected<void, Failure> cancel(Wait& wait);
    std::expected<void, Failure> send(const Request& request);
    bool read_channel();
    /// Keeps the end of the worker's output.
    platform::PieceSink keep_end();
    Failure overdue(const Wait& wait);
    Failure ended();
    Failure kill_and_fail(Outcome outcome, Error error);
    /// Adds the last output of the process.
    Failure with_output(Failure failure);

    platform::ChildProcess child_;
    FrameDecoder decoder_;
    std::string output_;
    std::int64_t last_id_ = 0;
};

}  // namespace trilby::worker
