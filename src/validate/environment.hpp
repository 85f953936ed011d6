// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "validate/check_report.hpp"
#include "validate/validation.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

/// Whether the device is given what it needs to show its speed: its link at full width, fast
/// libraries, CPUs of its own. Pure; needs no worker.
[[nodiscard]] CheckReport check_environment(const Machine& machine, const Subject& subject);

}  // namespace trilby::validate
