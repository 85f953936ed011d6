// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "base/units.hpp"
#include "report/validation.hpp"

namespace trilby::report {
namespace {

using validate::CheckChange;
using validate::Comparison;
using validate::MeasurementChange;
using validate::PastValidation;

std::string subject_text(const PastValidation& past) {
    return fmt::format("{}, level {}, {}", past.device_name, past.level, past.started);
}

std::string verdict_text(const CheckChange& change) {
    const std::string worse = change.is_worse ? " (worse)" : "";
    if (!change.before) {
        return fmt::format("{}; it was not run before", verdict_name(*change.after));
    }
    if (!change.after) {
        return fmt::format("{} before; it was not run again{}", verdict_name(*change.before),
                           worse);
    }
    if (change.before == change.after) {
        return fmt::format("{}, as before", verdict_name(*change.after));
    }
    return fmt::format("{}, before {}{}", verdict_name(*change.after), verdict_name(*change.before),
                       worse);
}

std::string measurement_text(const MeasurementChange& change) {
    if (!change.after) {
        return fmt::format("{}: {} before; it was not measured again, worse", change.name,
                           with_unit(change.before, change.unit));
    }
    const std::string percent =
        change.before == 0 ? ""
                           : fmt::format(" ({:+.0f} %)", 100 * (*change.after / change.before - 1));
    return fmt::format("{}: {} to {}{}{}{}", change.name, format_measure(change.before),
                       with_unit(*change.after, change.unit), percent,
                       change.is_worse ? ", worse" : "", change.is_noisy ? ", noisy" : "");
}

std::string bits_text(const validate::RoundComparison& bits) {
    if (bits.first_difference) {
        return fmt::format("round {} gave other bits from the same numbers",
                           *bits.first_difference);
    }
    return fmt::format("{} gave the same bits", counted(bits.rounds, "round", "rounds"));
}

constexpr const char* noise =
    "noisy: other programs used the CPU and its caches. Speeds are compared without the time of "
    "waiting for a CPU, where that is known. Compare again on an idle machine before you look for "
    "a fault.";

}  // namespace

SafeText to_text(const Comparison& comparison, const Style& style) {
    SafeText out = row("before", subject_text(comparison.before), style, check_columns) +
                   row("after", subject_text(comparison.after), style, check_columns) + "\n";
    for (const CheckChange& change : comparison.checks) {
        out += row(change.check, verdict_text(change), style, check_columns);
        for (const MeasurementChange& measurement : change.measurements) {
            out += row("", measurement_text(measurement), style, check_columns);
        }
        if (change.bits.rounds > 0) {
            out += row("", bits_text(change.bits), style, check_columns);
        }
    }
    return out + "\n" +
           bold(comparison.is_worse() ? "something is worse" : "nothing is worse", style) + "\n" +
           (comparison.is_noisy() ? paragraph(noise, style) : "");
}

}  // namespace trilby::report
