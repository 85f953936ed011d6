// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The trial of bfloat16 that a job may begin with, as `trilby` sees it.

#pragma once

#include <optional>
#include <string>

#include "base/json.hpp"
#include "worker/failure.hpp"

namespace trilby::train {

/// A library may crash in a precision that it rarely computes with. The trial is the first
/// computation of a network in that precision, so a job that crashes in its trial can be run again
/// without one.
class PrecisionTrial {
  public:
    static constexpr std::string_view event_type = "trial";

    /// Parameters of the job: the reason why there must be no trial, if there is one.
    [[nodiscard]] json::object params() const;
    /// Takes note of every event of the job.
    void take(const json::object& event);
    /// Whether the job crashed, exited or timed out in its trial. From then on, params() forbids
    /// another trial.
    [[nodiscard]] bool has_failed(const worker::Failure& failure);

  private:
    bool is_on_ = false;
    std::optional<std::string> refusal_;
};

/// Calls `attempt` with a trial, and once more if the first call failed in its trial.
template <class Attempt>
auto with_trial(Attempt attempt) {
    PrecisionTrial trial;
    auto answer = attempt(trial);
    return !answer && trial.has_failed(answer.error()) ? attempt(trial) : std::move(answer);
}

}  // namespace trilby::train
