// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/baselines.hpp"

#include <cmath>
#include <fmt/format.h>
#include <string>
#include <utility>

namespace trilby::train::series {
namespace {

/// `guess` is called with the row after the look-back, the step after it, and the variable.
template <class Guess>
Baseline measure(std::string name, const WindowSet& windows, Guess guess) {
    double squares = 0.0;
    double distances = 0.0;
    std::int64_t count = 0;
    for (std::int64_t first = windows.first_rows.first; first < windows.first_rows.last; ++first) {
        const std::int64_t origin = first + windows.look_back;
        for (std::int64_t step = 0; step < windows.horizon; ++step) {
            for (std::int64_t variable = 0; variable < windows.variables; ++variable) {
                const auto at =
                    static_cast<std::size_t>((origin + step) * windows.variables + variable);
                if (!windows.known.empty() && windows.known[at] == 0) {
                    continue;
                }
                const double error = windows.values[at] - guess(origin, step, variable);
                squares += error * error;
                distances += std::abs(error);
                ++count;
            }
        }
    }
    const auto targets = static_cast<double>(count);
    return {.name = std::move(name),
            .metrics = {{"mse", {squares / targets}}, {"mae", {distances / targets}}}};
}

}  // namespace

std::vector<Baseline> baselines_of(const WindowSet& windows, std::int64_t period) {
    if (windows.first_rows.size() == 0) {
        return {};
    }
    const auto value = [&](std::int64_t row, std::int64_t variable) {
        return windows.values[static_cast<std::size_t>(row * windows.variables + variable)];
    };
    std::vector<Baseline> baselines;
    baselines.push_back(measure(
        "last value", windows,
        [&](std::int64_t origin, std::int64_t, std::int64_t v) { return value(origin - 1, v); }));
    if (period > 1 && period <= windows.first_rows.first + windows.look_back) {
        baselines.push_back(measure(fmt::format("value {} steps before", period), windows,
                                    [&](std::int64_t origin, std::int64_t step, std::int64_t v) {
                                        return value(origin - period + step % period, v);
                                    }));
    }
    baselines.push_back(measure("mean of the training part", windows,
                                [](std::int64_t, std::int64_t, std::int64_t) { return 0.0F; }));
    return baselines;
}

}  // namespace trilby::train::series
