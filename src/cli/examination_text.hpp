// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What `trilby train --dry-run` prints.

#pragma once

#include "base/json.hpp"
#include "base/safe_text.hpp"
#include "cli/training_plan.hpp"
#include "train/events.hpp"

namespace trilby::cli {

[[nodiscard]] SafeText examination_text(const TrainingPlan& plan,
                                        const train::Examination& examination);
[[nodiscard]] json::object examination_json(const TrainingPlan& plan,
                                            const train::Examination& examination);

}  // namespace trilby::cli
