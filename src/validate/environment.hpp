// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

struct EnvironmentFacts {
    const Machine& machine;
    const Subject& subject;
    /// The links are compared with a file instead of with what the cards are capable of.
    bool has_inventory = false;
};

/// Checks whether the system lets the device reach its speed: the full width of its link, fast
/// libraries, enough CPUs. Pure; needs no worker.
[[nodiscard]] CheckResult check_environment(const PlannedCheck& planned,
                                            const EnvironmentFacts& facts);

}  // namespace trilby::validate
