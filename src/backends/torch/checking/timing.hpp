// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <functional>
#include <torch/torch.h>

namespace trilby::backends {

struct Timing {
    double seconds = 0;
    /// Without the time for which the computation waited for a CPU that others used. Equal to
    /// `seconds` on a GPU, and where the kernel does not tell.
    double unshared_seconds = 0;
    /// The time of all CPUs for this process, of a GPU `seconds`. Only ratios of it mean something:
    /// it is not known how many threads an operation employs.
    double cpu_seconds = 0;

    Timing& operator+=(const Timing& other);
};

/// How long a process has waited for CPUs that others used.
class WaitingForCpus {
  public:
    WaitingForCpus();

    /// Whether its threads together waited for more than a small part of the time since then. False
    /// where the kernel does not tell.
    [[nodiscard]] bool is_notable() const;

  private:
    std::chrono::steady_clock::time_point start_;
    double waited_at_start_;
};

/// Runs `computation` `times` times in a row and waits for the device.
[[nodiscard]] Timing time_on(torch::Device device, int times,
                             const std::function<void()>& computation);

}  // namespace trilby::backends
