// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The status of a training run for Kubeflow Trainer, whose controller shows it in the TrainJob
/// (docs/kubernetes.md).

#pragma once

#include <chrono>
#include <cstdint>

#include "base/json.hpp"
#include "train/events.hpp"
#include "train/metrics.hpp"

namespace trilby::report {

/// What the events of a run have said so far.
struct TrainerStatus {
    std::int64_t first_step = 0;  ///< not 0 in a resumed run
    std::int64_t step = 0;
    double steps = 0.0;                       ///< of the whole run; 0 before it has started
    std::chrono::duration<double> elapsed{};  ///< since the start
    bool has_ended = false;
    train::Metrics metrics;
};

/// The status after one more event, `elapsed` after the start of the run.
[[nodiscard]] TrainerStatus after(TrainerStatus status, const train::Event& event,
                                  std::chrono::duration<double> elapsed);
/// The status of a run that has ended with this result.
[[nodiscard]] TrainerStatus after(TrainerStatus status, const train::TrainingResult& result);

/// The body of a request: {"trainerStatus": {...}}. Metrics that are not finite, or that the
/// interface would refuse, are left out, and so is what is not known yet.
[[nodiscard]] json::object to_json(const TrainerStatus& status, std::chrono::sys_seconds now);

}  // namespace trilby::report
