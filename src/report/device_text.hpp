// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The rows of `trilby probe` about GPUs and other accelerators.

#pragma once

#include <string>

#include "report/layout.hpp"
#include <trilby/probe.hpp>

namespace trilby::report {

/// Two or three rows for each device on the PCI bus, or one row if there is none.
[[nodiscard]] SafeText device_rows(const Machine& machine, const Style& style);

/// The number of GPUs that a device control group hides; empty if none.
[[nodiscard]] SafeText hidden_gpu_row(const Machine& machine, const Style& style);

}  // namespace trilby::report
