// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/timing.hpp"

#include <ATen/Parallel.h>
#include <chrono>
#include <ctime>

#include "backends/torch/device.hpp"

namespace trilby::backends {
namespace {

/// The CPU time of this process on all CPUs together.
double cpu_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

Timing time_on(torch::Device device, int times, const std::function<void()>& computation) {
    wait_for(device);  // earlier work is not timed
    const auto start = std::chrono::steady_clock::now();
    const double busy_start = cpu_seconds();
    for (int i = 0; i < times; ++i) {
        computation();
    }
    wait_for(device);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const double busy_seconds =
        device.is_cpu() ? (cpu_seconds() - busy_start) / at::get_num_threads() : seconds;
    return {seconds, busy_seconds};
}

}  // namespace trilby::backends
