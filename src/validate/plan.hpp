// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is to be run: a pure function of what the user asked for.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "validate/catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

struct PlanOptions {
    int level = 1;                      ///< 1 to 4
    std::vector<std::string> checks;    ///< only these, whatever the level; empty: all of it
    std::vector<std::string> excluded;  ///< names or families
    std::uint64_t seed = 0;             ///< below 2^53, so that JSON holds it exactly
    std::optional<double> budget_seconds = {};  ///< for all checks together
};

struct PlannedCheck {
    const CheckInfo* check = nullptr;  ///< of known_checks()
    double seconds = 0;
    std::uint64_t seed = 0;
};

/// A name that does not exist is ErrorCode::usage, as is a plan without any check.
[[nodiscard]] Result<std::vector<PlannedCheck>> make_plan(const PlanOptions& options);

/// How long a check takes at a level. One that was named runs even at a level that leaves it out,
/// for as long as at the next.
[[nodiscard]] double seconds_of(const CheckInfo& check, int level);

/// The time of level 4 where no budget is given.
inline constexpr double level_4_seconds = 4 * 3600.0;

}  // namespace trilby::validate
