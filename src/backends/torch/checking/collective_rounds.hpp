// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/torch/checking/device_team.hpp"

namespace trilby::backends {

/// Lets the devices of the team add up and exchange numbers in rounds of the check, compares all
/// results, and times the operations. Throws if a device fails or does not answer.
void check_collectives(CheckRun& run, DeviceTeam& team);

}  // namespace trilby::backends
