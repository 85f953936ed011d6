// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/training_words.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>

#include "base/units.hpp"

namespace trilby::report {

std::string in_words(std::string_view part, std::string_view metric,
                     const train::Metrics& metrics) {
    const train::MetricKind* kind = train::find_metric(metric);
    const auto value = metrics.find(std::string(metric));
    return kind == nullptr || value == metrics.end()
               ? std::string()
               : fmt::format("{} {} {}", part, kind->words,
                             train::format_metric(*kind, value->second));
}

std::string speed_in_words(double units_per_second, std::string_view unit) {
    constexpr double most = 1e12;
    const auto whole = static_cast<std::uint64_t>(
        std::llround(std::clamp(std::isnan(units_per_second) ? 0.0 : units_per_second, 0.0, most)));
    return fmt::format("{} {}/s", format_count(whole), unit);
}

SafeText epoch_line(const train::EpochEvent& epoch, const RunWords& run) {
    const std::string validation = in_words("validation", run.metric, epoch.validation);
    return SafeText::format("epoch {:{}}/{}  loss {:.4f}  {}{}{}  {}\n", epoch.epoch,
                            fmt::formatted_size("{}", run.epochs), run.epochs, epoch.training_loss,
                            validation, validation.empty() ? "" : "  ",
                            speed_in_words(epoch.units_per_second.content.value_or(0.0), run.unit),
                            format_duration(epoch.seconds.content.value_or(0.0)));
}

}  // namespace trilby::report
