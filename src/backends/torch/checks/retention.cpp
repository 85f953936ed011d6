// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/memory_region.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {

void checks::retention(CheckRun& run) {
    constexpr double part = 0.95;  // of the time; the rest is for reading
    const MemoryRegion region(run);
    while (run.next_round()) {
        region.hold(part);
    }
    region.measure_size();
}

}  // namespace trilby::backends
