// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/crash_examination.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "validate/reduction.hpp"

namespace trilby::validate {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds time_to_search{20};
constexpr std::chrono::milliseconds longest_silence{10'000};

/// The progress of an attempt is not that of the check.
RunOptions attempt_options(const RunOptions& options) {
    RunOptions quiet = options;
    quiet.on_progress = {};
    quiet.silence_limit = std::min(options.silence_limit, longest_silence);
    return quiet;
}

/// The operation in which `again` ended, if it ended as `first` did: with the same verdict, in an
/// operation of the same kind.
std::optional<std::string> same_end(const CheckResult& first, const CheckResult& again) {
    const bool is_same = again.report.verdict == first.report.verdict && again.operation &&
                         kind_of(again.operation->text) == kind_of(first.operation->text);
    return is_same ? std::optional(again.operation->text) : std::nullopt;
}

bool is_interrupted(const RunOptions& options) {
    return options.interrupts != nullptr && options.interrupts->count() > 0;
}

const PresentDefect* explanation(const CheckResult& result, const RunOptions& options) {
    const auto found = std::ranges::find_if(options.library_defects, [&](const auto& present) {
        return result.operation && explains(present.defect, result.operation->text);
    });
    return found == options.library_defects.end() ? nullptr : &*found;
}

}  // namespace

CrashFindings examine_crash(const CheckResult& result, const RunOptions& options) {
    const CheckInfo& check = *result.planned.check;
    // A round of a check of several devices cannot be repeated by itself.
    if (!result.operation || check.workers != 1 || check.scope == Scope::machine) {
        return {};
    }
    const RunOptions quiet = attempt_options(options);
    const auto end = Clock::now() + time_to_search;
    const Attempt attempt = [&](const Halvings& halvings) {
        PlannedCheck planned = result.planned;
        planned.round = result.operation->round;
        planned.halvings = halvings;
        return same_end(result, run_once(planned, quiet));
    };
    if (!attempt({})) {
        return {};
    }
    const auto has_time = [&] { return Clock::now() < end && !is_interrupted(options); };
    return {.repeats_alone = true, .smallest = reduce(result.operation->draws, attempt, has_time)};
}

void blame_library(CheckResult& result, const RunOptions& options) {
    const PresentDefect* const present = explanation(result, options);
    if (present == nullptr) {
        return;
    }
    RunOptions around = options;
    around.environment.emplace_back(present->defect.variable, present->defect.value);
    CheckResult again = run_once(result.planned, around);
    if (again.report.verdict != Verdict::pass) {
        return;
    }
    result.library_blame = blame(*present, std::move(result.report.message));
    result.report = std::move(again.report);
    result.report.digests.reset();  // other code computed them
    result.hint = fmt::format("set {}={} for other programs too", present->defect.variable,
                              present->defect.value);
    result.persistence.reset();
    result.fails_with_other_seed.reset();
}

}  // namespace trilby::validate
