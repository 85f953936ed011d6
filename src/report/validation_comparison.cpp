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

constexpr std::size_t label_columns = 16;

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
    const std::string percent =
        change.before == 0 ? ""
                           : fmt::format(" ({:+.0f} %)", 100 * (change.after / change.before - 1));
    return fmt::format("{}: {} to {} {}{}{}", change.name, format_measure(change.before),
                       format_measure(change.after), change.unit, percent,
                       change.is_worse ? ", worse" : "");
}

json::object subject_json(const PastValidation& past) {
    return {{"name", past.device_name}, {"level", past.level}, {"started", past.started}};
}

json::value verdict_json(const std::optional<validate::Verdict>& verdict) {
    return verdict ? json::value(verdict_name(*verdict)) : json::value(nullptr);
}

json::object change_json(const CheckChange& change) {
    json::array measurements;
    for (const MeasurementChange& measurement : change.measurements) {
        measurements.push_back(json::object{{"name", measurement.name},
                                            {"unit", measurement.unit},
                                            {"before", measurement.before},
                                            {"after", measurement.after},
                                            {"is_worse", measurement.is_worse}});
    }
    return {{"check", change.check},
            {"before", verdict_json(change.before)},
            {"after", verdict_json(change.after)},
            {"is_worse", change.is_worse},
            {"measurements", std::move(measurements)}};
}

}  // namespace

std::string to_text(const Comparison& comparison, const Style& style) {
    std::string out = row("before", subject_text(comparison.before), style, label_columns) +
                      row("after", subject_text(comparison.after), style, label_columns) + "\n";
    for (const CheckChange& change : comparison.checks) {
        out += row(change.check, verdict_text(change), style, label_columns);
        for (const MeasurementChange& measurement : change.measurements) {
            out += row("", measurement_text(measurement), style, label_columns);
        }
    }
    return out + "\n" +
           bold(comparison.is_worse() ? "something is worse" : "nothing is worse", style) + "\n";
}

json::object to_json(const Comparison& comparison) {
    json::array checks;
    for (const CheckChange& change : comparison.checks) {
        checks.push_back(change_json(change));
    }
    return {{"schema", 1},
            {"is_worse", comparison.is_worse()},
            {"before", subject_json(comparison.before)},
            {"after", subject_json(comparison.after)},
            {"checks", std::move(checks)}};
}

}  // namespace trilby::report
