// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs a training job in a worker, with its data and its run folder.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>

#include "platform/interrupt.hpp"
#include "train/events.hpp"
#include "train/prepared_data.hpp"
#include "train/run_folder.hpp"
#include "worker/client.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

struct LaunchOptions {
    std::filesystem::path worker_program;
    std::filesystem::path backend_module;
    std::int64_t device = 0;
    std::int64_t threads = 1;
    std::chrono::milliseconds silence_limit{300'000};
    platform::InterruptWatch* interrupts = nullptr;
    std::function<void(const Event&)> on_event = {};
    std::function<void()> on_cancel = {};  ///< the worker finishes its step first
};

/// Trains until the end, a failure or an interruption, and writes metrics and the result to `run`.
/// Continues from its checkpoint if it has one. The arrays of `data` are filled and sealed. A
/// failure has the output of the backend's libraries.
[[nodiscard]] worker::Answer<TrainingResult> launch(RunFolder& run, PreparedData& data,
                                                    const LaunchOptions& options);

}  // namespace trilby::train
