// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>

#include "backends/common/backend.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Tells the client during a long computation that it goes on: a silent worker is killed.
class KeepAlive {
  public:
    explicit KeepAlive(const JobContext& context) : context_(context) {}

    /// Whether the last event was long ago.
    [[nodiscard]] bool is_due() const;
    /// Sends the event "working" of docs/jobs.md if it is due.
    void send();
    /// The same; then ErrorCode::interrupted if the job was cancelled.
    [[nodiscard]] Result<void> check();

  private:
    using Clock = std::chrono::steady_clock;

    const JobContext& context_;
    Clock::time_point last_;
};

}  // namespace trilby::backends
