// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checks to run: a pure function of what the user asked for.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "validate/catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

struct PlanOptions {
    int level = 1;                      ///< 0 to 4
    std::vector<std::string> checks;    ///< only these, at any level; empty for all of the level
    std::vector<std::string> excluded;  ///< names or families
    std::uint64_t seed = 0;             ///< below 2^53, so that JSON holds it exactly
    std::optional<double> budget_seconds = {};  ///< for all checks together
    bool has_inventory = false;                 ///< there is something to compare the machine with
    std::optional<std::uint64_t> round = {};    ///< only this round, from 0, of a single check
    bool every_device = false;                  ///< of the backend is validated
};

struct PlannedCheck {
    const CheckInfo* check = nullptr;  ///< of known_checks()
    double seconds = 0;
    std::uint64_t seed = 0;
    std::optional<std::uint64_t> round = {};   ///< only this one, from 0
    std::vector<std::uint32_t> halvings = {};  ///< CheckParams::halvings
};

/// An unknown name is ErrorCode::usage, and so is a plan without checks.
[[nodiscard]] Result<std::vector<PlannedCheck>> make_plan(const PlanOptions& options);

/// The time of a check at a level. If the level leaves the check out, the time at the next level,
/// since the user may request it by name.
[[nodiscard]] double seconds_of(const CheckInfo& check, int level);

/// The time of level 4 without a budget.
inline constexpr double level_4_seconds = 4 * 3600.0;

}  // namespace trilby::validate
