// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "validate/check_report.hpp"
#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

/// Checks whether the system lets the device reach its speed: the full width of its link, fast
/// libraries, enough CPUs. Pure; needs no worker.
[[nodiscard]] CheckReport check_environment(const Machine& machine, const Subject& subject);

}  // namespace trilby::validate
