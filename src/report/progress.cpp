// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/progress.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/units.hpp"

namespace trilby::report {
namespace {

constexpr int bar_columns = 20;

double fraction_done(const TrainingProgress& progress) {
    return std::clamp(static_cast<double>(progress.step) /
                          static_cast<double>(std::max<std::int64_t>(1, progress.steps)),
                      0.0, 1.0);
}

}  // namespace

std::chrono::duration<double> time_left(std::chrono::duration<double> elapsed,
                                        std::int64_t first_step, std::int64_t step, double steps) {
    const double done = static_cast<double>(step) - static_cast<double>(first_step);
    return elapsed * ((steps - static_cast<double>(step)) / std::max(1.0, done));
}

std::string bar(double fraction) {
    const auto filled = static_cast<std::size_t>(fraction * bar_columns);
    return "[" + std::string(filled, '#') + std::string(bar_columns - filled, '.') + "]";
}

std::string progress_bar(const TrainingProgress& progress, int columns) {
    const double fraction = fraction_done(progress);
    const std::array parts{
        fmt::format("epoch {}/{}", progress.epoch, progress.epochs),
        fmt::format("{} {:3.0f} %", bar(fraction), 100.0 * fraction),
        fmt::format("{} left", format_duration(progress.time_left)),
        progress.rate,
        fmt::format("loss {:.3f}", progress.training_loss),
    };
    std::string line;
    for (const std::string& part : parts) {
        // The last column stays free: some terminals wrap as soon as it is written.
        if (line.size() + 2 + part.size() >= static_cast<std::size_t>(std::max(columns, 1))) {
            break;
        }
        line += (line.empty() ? "" : "  ") + part;
    }
    return line;
}

std::string progress_line(const TrainingProgress& progress) {
    return fmt::format("epoch {}/{}: {:.0f} % of the run, loss {:.3f}, {}, {} left", progress.epoch,
                       progress.epochs, 100.0 * fraction_done(progress), progress.training_loss,
                       progress.rate, format_duration(progress.time_left));
}

}  // namespace trilby::report
