// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/energy.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "base/try.hpp"

namespace trilby::validate {
namespace {

using Joules = std::expected<double, std::string>;
using Samples = std::span<const TelemetrySample>;

// Power is sampled while it changes, and drivers average it.
constexpr double tolerance_of_power = 2;
constexpr std::size_t least_samples_of_power = 3;

Joules rise_between(const std::string& name, const EnergyCounter& before,
                    const EnergyCounter& after) {
    if (after.joules >= before.joules) {
        return after.joules - before.joules;
    }
    if (after.wraps_at_joules.value_or(0) >= before.joules) {
        return *after.wraps_at_joules - before.joules + after.joules;
    }
    return std::unexpected(fmt::format("the energy counter of {} went back", name));
}

/// Samples that lack the counter are left out, except the last.
Joules rise_of(const std::string& name, Samples samples) {
    EnergyCounter before = samples.front().reading.energy.at(name);
    if (!samples.back().reading.energy.contains(name)) {
        return std::unexpected(fmt::format("the energy counter of {} disappeared", name));
    }
    double joules = 0;
    for (const TelemetrySample& sample : samples) {
        if (const auto counter = sample.reading.energy.find(name);
            counter != sample.reading.energy.end()) {
            TRILBY_TRY(risen, rise_between(name, before, counter->second));
            joules += risen;
            before = counter->second;
        }
    }
    if (joules == 0) {
        return std::unexpected(fmt::format("the energy counter of {} did not rise", name));
    }
    return joules;
}

Joules counted_joules(Samples samples) {
    const Reading& first = samples.front().reading;
    if (first.energy.empty()) {
        return std::unexpected("no energy counter is known");
    }
    double joules = 0;
    for (const auto& [name, counter] : first.energy) {
        TRILBY_TRY(risen, rise_of(name, samples));
        joules += risen;
    }
    return joules;
}

std::vector<const TelemetrySample*> samples_of_power(Samples samples) {
    std::vector<const TelemetrySample*> known;
    for (const TelemetrySample& sample : samples) {
        if (sample.reading.power_w) {
            known.push_back(&sample);
        }
    }
    return known;
}

/// The energy from samples of the power, by the trapezoidal rule.
std::optional<Energy> integral(Samples samples) {
    const auto known = samples_of_power(samples);
    if (known.size() < least_samples_of_power || known.front() != &samples.front() ||
        known.back() != &samples.back()) {
        return std::nullopt;
    }
    double joules = 0;
    for (std::size_t i = 1; i < known.size(); ++i) {
        joules += (*known[i - 1]->reading.power_w + *known[i]->reading.power_w) / 2 *
                  (known[i]->seconds - known[i - 1]->seconds);
    }
    return Energy{joules, fmt::format("the integral of {} samples of the power", known.size())};
}

/// What was counted, unless the power says otherwise.
Joules believed(const Joules& counted, const std::optional<Energy>& integral) {
    if (counted && integral &&
        (*counted > tolerance_of_power * integral->joules ||
         *counted < integral->joules / tolerance_of_power)) {
        return std::unexpected(
            fmt::format("the energy counter rose by {:.4g} J, and the power "
                        "makes {:.4g} J",
                        *counted, integral->joules));
    }
    return counted;
}

}  // namespace

std::expected<Energy, std::string> energy_of(std::span<const TelemetrySample> samples) {
    const auto by_power = integral(samples);
    const auto by_counter = believed(counted_joules(samples), by_power);
    if (by_counter) {
        return Energy{*by_counter, "counted by the hardware"};
    }
    if (by_power) {
        return Energy{by_power->joules,
                      fmt::format("{}, since {}", by_power->basis, by_counter.error())};
    }
    return std::unexpected(by_counter.error());
}

}  // namespace trilby::validate
