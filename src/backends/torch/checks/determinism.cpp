// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/image_training.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {

void checks::determinism(CheckRun& run) {
    while (run.next_round()) {
        repeat_image_training(run);
    }
}

}  // namespace trilby::backends
