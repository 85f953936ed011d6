// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The trilby side of a worker process: start it, ask it, and survive whatever it does.

#pragma once

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
#include "platform/child_process.hpp"
#include "platform/interrupt.hpp"
#include "worker/failure.hpp"
#include "worker/protocol.hpp"

namespace trilby::worker {

struct WorkerOptions {
    std::filesystem::path program = {};  ///< trilby-worker
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::optional<std::uint64_t> address_space_limit_bytes = std::nullopt;
    int shared_descriptor = -1;  ///< as in platform::ChildOptions
    std::chrono::milliseconds start_limit{10'000};
};

struct RequestOptions {
    /// The worker must say something, an event or the answer, at least this often.
    std::chrono::milliseconds silence_limit{60'000};
    /// However much it says, the answer must come within this.
    std::chrono::milliseconds total_limit = std::chrono::hours(24 * 365);
    /// After a cancellation it gets this long to finish what it must, such as a checkpoint.
    std::chrono::milliseconds cancel_limit{30'000};
    std::function<void(const json::object&)> on_event = {};
    /// The first signal cancels the request, the second kills the worker; a request that comes
    /// after a signal is not even begun. May be null.
    platform::InterruptWatch* interrupts = nullptr;
    /// Called when a request is being cancelled, which may take as long as `cancel_limit`.
    std::function<void()> on_cancel = {};
};

class Worker {
  public:
    /// Starts the process and waits for its greeting.
    [[nodiscard]] static Answer<Worker> start(const WorkerOptions& options);

    /// Loads a backend module; a worker takes exactly one. The result describes it.
    [[nodiscard]] Answer<json::object> load(const std::filesystem::path& module,
                                            const RequestOptions& options = {});
    /// {"devices": [...]} of the loaded module.
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
    std::expected<void, Failure> send(const Request& request);
    bool read_channel();
    void capture(platform::FileDescriptor& from);
    Failure overdue(const Wait& wait);
    Failure ended();
    Failure kill_and_fail(Outcome outcome, Error error);
    /// Adds the last words of the process.
    Failure with_output(Failure failure);

    platform::ChildProcess child_;
    FrameDecoder decoder_;
    std::string output_;
    std::int64_t last_id_ = 0;
};

}  // namespace trilby::worker
