// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The worker's side of the protocol. Two threads: one reads requests, so that a cancellation or
/// the end of the client is noticed while a job computes; the main thread runs the jobs, because
/// some vendor runtimes insist on it.

#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "worker/protocol.hpp"
#include <trilby/backend_abi.h>

namespace trilby::worker {

/// For when the client has gone: no job may go on for nobody, nor what it forked. May be called
/// from a signal handler.
[[noreturn]] void end_with_group();

class Host {
  public:
    /// Serves the stream socket `channel`, which it does not own.
    explicit Host(int channel);

    /// Greets, then answers requests until the client hangs up. Returns the exit code.
    int serve();

  private:
    void read_requests();
    void accept(const Request& request);
    std::optional<Request> next_request();
    void end_request();

    /// The answer as JSON that fits into a frame, whatever the module did short of a crash.
    std::string answer(const Request& request);
    WorkerMessage handle(const Request& request);
    WorkerMessage load(const Request& request);
    WorkerMessage devices(const Request& request);
    WorkerMessage run(const Request& request);
    /// The refusal for a call that returned `status`, with what the module said about it.
    WorkerMessage refuse(std::int64_t id, trilby_status status);
    /// Forgets what the module said during the last call.
    void clear_answer();

    void send(std::string_view payload);
    /// From here on the module's events belong to request `id`, or to none if that is 0.
    void take_events_for(std::int64_t id);
    /// Under send_mutex_.
    void write_frame(std::string_view payload);

    // Called by the module through trilby_host; `context` is the Host.
    static void on_event(void* context, const char* text, size_t size);
    static void on_result(void* context, const char* text, size_t size);
    static void on_error(void* context, const char* message, const char* hint);
    static int on_is_cancelled(void* context);

    const int channel_;
    std::mutex send_mutex_;
    std::int64_t event_id_ = 0;  ///< under send_mutex_; 0 for none

    // Shared between the threads.
    std::mutex queue_mutex_;
    std::condition_variable queue_changed_;
    std::deque<Request> queue_;
    bool is_closed_ = false;
    std::int64_t running_id_ = 0;  ///< under queue_mutex_
    std::atomic<bool> is_cancelled_ = false;

    // The main thread's own.
    trilby_host callbacks_{};
    bool has_tried_to_load_ = false;
    const trilby_backend* backend_ = nullptr;
    trilby_session* session_ = nullptr;
    std::string result_;
    std::size_t result_count_ = 0;
    std::string error_message_;
    std::string error_hint_;
};

}  // namespace trilby::worker
