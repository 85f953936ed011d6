// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Every machine that the tests know, for claims about all of them.

#pragma once

#include <string>
#include <vector>

#include <trilby/probe.hpp>

namespace trilby::testing {

struct NamedMachine {
    std::string name;
    Machine machine;
};

/// The machines of the condition cases and those in tests/machines, each also in two kinds of
/// container.
[[nodiscard]] std::vector<NamedMachine> all_machines();

}  // namespace trilby::testing
