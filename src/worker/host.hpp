// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The worker's side of the protocol. One thread reads requests, to detect a cancellation or the
/// end of the client while a job computes. Jobs run on the main thread, as some vendor runtimes
/// require.

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

/// Ends this process and everything it forked, once the client is gone. Safe in a signal handler.
[[noreturn]] void end_with_group();

class Host {
  public:
    /// `channel` is a stream socket, which the host does not own.
    explicit Host(int channel);

    /// Sends the greeting and answers requests until the client hangs up. Returns the exit code.
    int serve();

  private:
    void answer_requests();
    void read_requests();
    void accept(const Request& request);
    std::optional<Request> next_request();
    void end_request();

    /// The answer as JSON that fits into a frame, even if the module misbehaves.
    std::string answer(const Request& request);
    WorkerMessage handle(const Request& request);
    WorkerMessage load(const Request& request);
    WorkerMessage devices(const Request& request);
    WorkerMessage run(const Request& request);
    /// The refusal for a call that returned `status`, with the module's message.
    WorkerMessage refuse(std::int64_t id, trilby_status status);
    /// Clears results and errors of the last call.
    void clear_answer();

    void send(std::string_view payload);
    /// Assigns the module's events to request `id` from now on; 0 for none.
    void take_events_for(std::int64_t id);
    /// The caller holds send_mutex_.
    void write_frame(std::string_view payload);

    template <class F>
    static void within_callback(void* context, F take) noexcept;
    // Called by the module through trilby_host; `context` is the Host.
    static void on_event(void* context, const char* text, size_t size);
    static void on_result(void* context, const char* text, size_t size);
    static void on_error(void* context, const char* message, const char* hint);
    static int on_is_cancelled(void* context);

    const int channel_;
    std::mutex send_mutex_;
    std::int64_t event_id_ = 0;  ///< under send_mutex_; 0 for none

    // Used by both threads.
    std::mutex queue_mutex_;
    std::condition_variable queue_changed_;
    std::deque<Request> queue_;
    bool is_closed_ = false;
    std::int64_t running_id_ = 0;  ///< under queue_mutex_
    std::atomic<bool> is_cancelled_ = false;
    std::atomic<bool> has_lost_message_ = false;  ///< of the module, for lack of memory

    // Used by the main thread only.
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
