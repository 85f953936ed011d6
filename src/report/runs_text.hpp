// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What `trilby runs` prints. Lines are not folded: text from outside could start one.

#pragma once

#include <string>
#include <vector>

#include "base/safe_text.hpp"
#include "train/run_comparison.hpp"
#include "train/run_record.hpp"
#include "train/run_removal.hpp"

namespace trilby::report {

/// A table, and why runs are damaged. `folder` is where they are.
[[nodiscard]] SafeText to_text(const std::vector<train::RunRecord>& runs,
                               const std::string& folder);

[[nodiscard]] SafeText to_text(const train::RunComparison& comparison);

[[nodiscard]] SafeText to_text(const train::RunRemoval& removal, bool is_dry_run);

}  // namespace trilby::report
