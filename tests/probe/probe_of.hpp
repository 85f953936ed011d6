// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby::testing {

inline Machine probe_of(const MadeMachine& made) {
    return probe({.root = made.root()});
}

inline Cpu cpu_of(const MadeMachine& made) {
    return probe_of(made).cpu;
}

}  // namespace trilby::testing
