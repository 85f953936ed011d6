// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::validate {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

std::vector<std::string_view> known_names(bool with_families) {
    std::vector<std::string_view> names;
    for (const CheckInfo& check : known_checks()) {
        names.push_back(check.name);
        if (with_families && std::ranges::find(names, check.family) == names.end()) {
            names.push_back(check.family);
        }
    }
    return names;
}

Result<void> require_known(const std::vector<std::string>& asked, bool with_families) {
    const auto known = known_names(with_families);
    for (const std::string& name : asked) {
        if (std::ranges::find(known, name) == known.end()) {
            return failure(
                ErrorCode::usage,
                fmt::format("unknown check '{}'{}", printable(name, 64), did_you_mean(name, known)),
                "'trilby validate --list' shows the checks and their families");
        }
    }
    return {};
}

Result<void> require_inventory(const PlanOptions& options) {
    if (contains(options.checks, state_checks::inventory) && !options.has_inventory) {
        return failure(ErrorCode::usage,
                       "the check inventory needs a file to compare the machine with",
                       "give the file with --expect");
    }
    return {};
}

Result<void> require_machine(const PlanOptions& options) {
    for (const std::string& name : options.checks) {
        if (find_check(name)->scope == Scope::machine && !options.every_device) {
            return failure(ErrorCode::usage,
                           fmt::format("the check {} is for all devices together", name),
                           "add --device all");
        }
    }
    return {};
}

bool is_wanted(const CheckInfo& check, const PlanOptions& options) {
    if (contains(options.excluded, check.name) || contains(options.excluded, check.family)) {
        return false;
    }
    if (check.name == state_checks::inventory) {
        return options.has_inventory;
    }
    if (check.scope == Scope::machine && !options.every_device) {
        return false;
    }
    return options.checks.empty() ? check.seconds_at(options.level) > 0
                                  : contains(options.checks, check.name);
}

void fit_to_budget(std::vector<PlannedCheck>& plan, double budget_seconds) {
    double total = 0;
    for (const PlannedCheck& planned : plan) {
        total += planned.seconds;
    }
    for (PlannedCheck& planned : plan) {
        planned.seconds *= budget_seconds / total;
    }
}

}  // namespace

double seconds_of(const CheckInfo& check, int level) {
    for (int at = level; at <= highest_timed_level; ++at) {
        if (check.seconds_at(at) > 0) {
            return check.seconds_at(at);
        }
    }
    return std::max(check.seconds_at(highest_timed_level), check.seconds_at_rest);
}

Result<std::vector<PlannedCheck>> make_plan(const PlanOptions& options) {
    TRILBY_CHECK(require_known(options.checks, /*with_families=*/false));
    TRILBY_CHECK(require_known(options.excluded, /*with_families=*/true));
    TRILBY_CHECK(require_inventory(options));
    TRILBY_CHECK(require_machine(options));
    std::vector<PlannedCheck> plan;
    for (const CheckInfo& check : known_checks()) {
        if (is_wanted(check, options)) {
            plan.push_back({.check = &check,
                            .seconds = seconds_of(check, options.level),
                            .seed = options.seed,
                            .round = options.round});
        }
    }
    if (plan.empty()) {
        return failure(ErrorCode::usage, "no check is left to run",
                       "leave out --exclude, or name other checks with --check");
    }
    if (options.round && plan.size() > 1) {
        return failure(ErrorCode::usage,
                       fmt::format("--round is for one check, and {} are to run", plan.size()),
                       "name only the check of the round with --check");
    }
    if (options.budget_seconds || options.level == highest_level) {
        fit_to_budget(plan, options.budget_seconds.value_or(level_4_seconds));
    }
    return plan;
}

}  // namespace trilby::validate
