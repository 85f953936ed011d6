// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "report/text.hpp"
#include <trilby/probe.hpp>

namespace trilby::report {

/// A row for each installed runtime and one row for the others; empty if they were not queried.
[[nodiscard]] SafeText runtime_rows(const Machine& machine, const Style& style);

/// "79 GiB, 1 GiB in use"; empty if known from files, or if no runtime knows the device.
[[nodiscard]] std::string runtime_memory_text(const PciDevice& device, const Machine& machine);

}  // namespace trilby::report
