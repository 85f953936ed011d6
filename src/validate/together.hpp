// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs a plan on several devices at the same time, as they work in use. The devices keep step:
/// every check starts on all of them together, so that its results can be compared.

#pragma once

#include <vector>

#include "validate/run.hpp"

namespace trilby::validate {

/// A device that has not answered in this many checks is left out of the others, which would have
/// to wait for it each time.
inline constexpr int most_time_outs = 2;

/// The results of each device, in the order of `devices`, for all checks of the plan. A failure is
/// followed up once all devices have ended the plan. Nothing that a device does changes the
/// results of another. `on_result` is called by several threads.
[[nodiscard]] std::vector<std::vector<CheckResult>> run_together(
    const std::vector<PlannedCheck>& plan, const std::vector<RunOptions>& devices);

}  // namespace trilby::validate
