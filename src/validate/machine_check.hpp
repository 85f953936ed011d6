// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs the checks of the machine, in which one worker drives all devices of the backend while
/// nothing else uses them.

#pragma once

#include <vector>

#include "validate/machine_validation.hpp"
#include "validate/run.hpp"

namespace trilby::validate {

/// How to reach a device. The list has the order of the devices in a MachineValidation.
struct MachineDevice {
    RunOptions run;
    bool has_started = true;
};

/// Runs a check on the devices that the worker of the first device sees, of which at most one is a
/// MIG instance. Leaves out those that did not start, or did not answer in an earlier check,
/// because the others would wait for them.
[[nodiscard]] CheckResult run_machine_check(const PlannedCheck& planned,
                                            const MachineValidation& so_far,
                                            const std::vector<MachineDevice>& devices);

}  // namespace trilby::validate
