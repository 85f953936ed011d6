// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The rows of `trilby probe` about the CPU.

#pragma once

#include <string>

#include "report/layout.hpp"
#include <trilby/probe.hpp>

namespace trilby::report {

/// Model, counts and caches, and the features that decide how fast tensor operations are.
[[nodiscard]] SafeText cpu_rows(const Cpu& cpu, const Style& style);

}  // namespace trilby::report
