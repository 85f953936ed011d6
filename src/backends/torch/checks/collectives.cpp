// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/collective_rounds.hpp"
#include "backends/torch/checks/checks.hpp"
#include "backends/torch/nccl_link.hpp"

namespace trilby::backends {

void checks::collectives(CheckRun& run) {
    if (run.devices().size() < 2) {
        run.explain_skip(validate::SkipReason::not_applicable, "there is a single device");
        return;
    }
    DeviceTeam team({.devices = run.devices(), .library = nccl_library()});
    check_collectives(run, team);
}

}  // namespace trilby::backends
