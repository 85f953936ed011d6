// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The device of a program that is linked to one build of LibTorch.

#pragma once

#include <cstdint>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/common/backend.hpp"
#include "libtrilby_train/program_options.hpp"
#include "train/training_machine.hpp"
#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby {

struct StartedDevice {
    train::TrainingMachine described;  ///< without what a job reports
    std::vector<backends::Device> devices;
    torch::Device torch = torch::kCPU;
    Machine machine;
    std::int64_t threads = 1;
};

/// Selects the backend as `trilby` does, from the facts of the machine, where those of this library
/// are the ones that are installed. Starts it and sets its threads.
[[nodiscard]] Result<StartedDevice> start_device(const ProgramOptions& options);

}  // namespace trilby
