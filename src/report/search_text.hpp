// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A search for people.

#pragma once

#include <cstdint>
#include <string_view>

#include "base/safe_text.hpp"
#include "train/search/record.hpp"

namespace trilby::report {

/// What the search will do, in lines with a label.
[[nodiscard]] SafeText plan_text(const train::search::SearchRecord& record,
                                 std::int64_t epochs_of_recipe);

/// The line of a trial that has ended.
[[nodiscard]] SafeText trial_line(const train::search::TrialRecord& trial, std::string_view metric);

/// A table of all trials, with why some are not done.
[[nodiscard]] SafeText trials_text(const train::search::SearchRecord& record);

/// The best settings, and whether they are better than the recipe's own.
[[nodiscard]] SafeText verdict_text(const train::search::SearchRecord& record);

}  // namespace trilby::report
