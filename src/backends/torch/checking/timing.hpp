// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <functional>
#include <torch/torch.h>

namespace trilby::backends {

struct Timing {
    double seconds = 0;
    /// Without the time for which the computation waited for CPUs that others used: the CPU time of
    /// its busiest thread. On a GPU, `seconds`.
    double unshared_seconds = 0;
    /// The time of all CPUs for this process, of a GPU `seconds`. Only ratios of it mean something:
    /// it is not known how many threads an operation employs.
    double cpu_seconds = 0;

    Timing& operator+=(const Timing& other);
};

/// Runs `computation` `times` times in a row and waits for the device.
[[nodiscard]] Timing time_on(torch::Device device, int times,
                             const std::function<void()>& computation);

}  // namespace trilby::backends
