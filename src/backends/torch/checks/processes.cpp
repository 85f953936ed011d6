// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/image_training.hpp"
#include "backends/torch/checking/memory_region.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {

void checks::processes(CheckRun& run) {
    constexpr double rest = 0.1;  // the part of the time in which other processes may spoil memory
    while (run.next_round()) {
        if (run.round() % 2 == 0) {
            MemoryRegion(run).hold(run.progress() + rest);
        } else {
            repeat_image_training(run);
        }
    }
}

}  // namespace trilby::backends
