// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Sends the status of a training run to Kubeflow Trainer, which shows it in the TrainJob.

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "platform/child_process.hpp"
#include "report/trainer_status.hpp"
#include "train/events.hpp"

namespace trilby::cli {

/// Does nothing unless the platform has set KUBEFLOW_TRAINER_SERVER_URL. Then trilby-fetch posts
/// the statuses. No failure changes the run; only the first one is reported.
class StatusSender {
  public:
    /// `warn` receives the reason of the first failure.
    explicit StatusSender(std::function<void(const std::string& reason)> warn);

    /// Never blocks: a status for which the channel has no room is dropped.
    void take(const train::Event& event);
    /// Sends the last status, with the result if there is one, and waits some seconds at most until
    /// it is posted.
    void finish(const train::TrainingResult* result);

  private:
    using Clock = std::chrono::steady_clock;

    void send();
    void flush();
    void read_complaint();
    void warn_once(std::string_view reason);

    std::function<void(const std::string&)> warn_;  ///< empty once it was called
    std::optional<platform::ChildProcess> fetch_;   ///< nothing if there is no one to report to
    Clock::time_point started_ = Clock::now();
    report::TrainerStatus status_;
    std::string unsent_;     ///< of a line for which the channel had no room yet
    std::string complaint_;  ///< what trilby-fetch has printed, at most its first bytes
};

}  // namespace trilby::cli
