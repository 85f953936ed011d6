// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs the checks of the machine, in which one worker drives all devices of the backend while
/// nothing else uses them.

#pragma once

#include <vector>

#include "validate/machine_validation.hpp"
#include "validate/run.hpp"

namespace trilby::validate {

/// How to reach a device, in the place that it has in a MachineValidation.
struct MachineDevice {
    RunOptions run;
    bool has_started = true;
};

/// Leaves out the devices that did not start or did not answer in a check before: the others would
/// wait for them. Those take part that the worker of the first device sees; MIG instances are seen
/// one at a time.
[[nodiscard]] CheckResult run_machine_check(const PlannedCheck& planned,
                                            const MachineValidation& so_far,
                                            const std::vector<MachineDevice>& devices);

}  // namespace trilby::validate
