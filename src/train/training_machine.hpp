// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a run was trained with, without names of hosts and people.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/describe.hpp"
#include <trilby/probe.hpp>

namespace trilby::train {

struct TrainingMachine {
    std::string trilby;    ///< the version
    std::string backend;   ///< "cpu"
    std::string device;    ///< "AMD EPYC 9B14"; empty if it has no name
    std::string libtorch;  ///< the version
    std::int64_t threads = 1;
    std::optional<std::string> system;  ///< "Fedora Linux 42 (Workstation Edition)"
    std::optional<std::string> kernel;  ///< its release
};
TRILBY_DESCRIBE(TrainingMachine, trilby, backend, device, libtorch, threads, system, kernel)

/// The machine without the device, and without what a training job reports about itself.
[[nodiscard]] TrainingMachine training_machine(const OperatingSystem& system, std::string backend);

}  // namespace trilby::train
