// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <functional>
#include <torch/torch.h>

namespace trilby::backends {

struct Timing {
    double seconds = 0;
    /// The time for which the device itself worked: less than `seconds` on a CPU with other users.
    double busy_seconds = 0;
};

/// Runs `computation` `times` times in a row and waits for the device.
[[nodiscard]] Timing time_on(torch::Device device, int times,
                             const std::function<void()>& computation);

}  // namespace trilby::backends
