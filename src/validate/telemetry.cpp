// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

#include "machine/errors/error_meaning.hpp"

namespace trilby::validate {
namespace {

constexpr std::chrono::duration<double> sample_interval(0.2);
// A check of hours is sampled less often.
constexpr double most_samples_per_age = 400;
constexpr std::size_t least_samples = 3;
constexpr std::size_t least_points = 10;  // for a plot

constexpr const char* not_judged = "only a loss of speed is judged";

/// How much a counter has risen, for a report; 0 if it has been reset.
double rise(std::uint64_t before, std::uint64_t after) {
    return after >= before ? static_cast<double>(after - before) : 0;
}

}  // namespace

std::vector<ErrorEvent> earlier_errors(const Reading& reading) {
    std::vector<ErrorEvent> events;
    for (const auto& [name, count] : reading.errors) {
        if (count > 0) {
            events.push_back(explained(name, count, count));
        }
    }
    return events;
}

TelemetryLog::TelemetryLog(std::function<Reading()> read, std::set<std::string> stuck)
    : read_(std::move(read)), stuck_(std::move(stuck)), before_(read_()) {}

void TelemetryLog::take() {
    samples_.push_back({std::chrono::duration<double>(Clock::now() - start_).count(), read_()});
}

void TelemetryLog::sample() {
    const std::chrono::duration<double> age = Clock::now() - start_;
    const double last = samples_.empty() ? -1 : samples_.back().seconds;
    if (age.count() - last >=
        std::max(sample_interval.count(), age.count() / most_samples_per_age)) {
        take();
    }
}

LoadedClocks TelemetryLog::loaded_clocks() const {
    LoadedClocks clocks;
    if (samples_.size() < least_samples) {
        return clocks;
    }
    for (const Sample& sample : samples_) {  // an empty value is less than any other
        clocks.clock_mhz = std::max(clocks.clock_mhz, sample.reading.clock_mhz);
        clocks.link_gt_per_s = std::max(clocks.link_gt_per_s, sample.reading.link_gt_per_s);
    }
    return clocks;
}

void TelemetryLog::add_to(CheckReport& report) {
    take();
    add_values(report, "clock", "MHz", &Reading::clock_mhz);
    add_values(report, "link", "GT/s", &Reading::link_gt_per_s);
    add_values(report, "temperature", "°C", &Reading::temperature_c);
    add_values(report, "power", "W", &Reading::power_w);
    add_times_throttled(report);
    add_throttle_reasons(report);
    add_throttle_counts(report);
    if (const std::string& problem = samples_.back().reading.problem; !problem.empty()) {
        report.lacking.push_back("telemetry of the vendor's library: " + problem);
    }
    compare_errors(report);
    compare_replays(report);
}

void TelemetryLog::add_times_throttled(CheckReport& report) const {
    const Reading& after = samples_.back().reading;
    if (before_.times_throttled && after.times_throttled) {
        report.telemetry.push_back({"throttled",
                                    "times",
                                    rise(*before_.times_throttled, *after.times_throttled),
                                    {},
                                    fmt::format("counted by the kernel; {}", not_judged)});
    }
}

/// A flag that was set before any load says nothing about the check.
void TelemetryLog::add_throttle_reasons(CheckReport& report) const {
    std::map<std::string, double> seen;
    for (const Sample& sample : samples_) {
        for (const std::string& reason :
             sample.reading.throttle_reasons.value_or(std::set<std::string>())) {
            seen[reason] += 1;
        }
    }
    for (const auto& [reason, times] : seen) {
        report.telemetry.push_back(
            {"slowed by " + reason,
             "% of samples",
             100 * times / static_cast<double>(samples_.size()),
             {},
             fmt::format("{}; {}",
                         stuck_.contains(reason)
                             ? "reported by the driver even before any load, so perhaps stuck"
                             : "reported by the driver",
                         not_judged)});
    }
}

void TelemetryLog::add_throttle_counts(CheckReport& report) const {
    const Reading& after = samples_.back().reading;
    const double looks = rise(before_.throttle_looks.value_or(0), after.throttle_looks.value_or(0));
    const bool is_share = before_.throttle_looks && looks > 0;
    for (const auto& [reason, count] : after.throttle_counts) {
        const auto before = before_.throttle_counts.find(reason);
        const double times =
            before != before_.throttle_counts.end() ? rise(before->second, count) : 0;
        if (times > 0) {
            report.telemetry.push_back({"slowed by " + reason,
                                        is_share ? "% of time" : "times",
                                        is_share ? 100 * times / looks : times,
                                        {},
                                        fmt::format("counted by the firmware; {}", not_judged)});
        }
    }
}

void TelemetryLog::add_values(CheckReport& report, const char* name, const char* unit,
                              std::optional<double> Reading::*value) const {
    Series series{name, "seconds", unit, {}};
    double highest = 0;
    for (const Sample& sample : samples_) {
        if (const auto& found = sample.reading.*value) {
            series.points.emplace_back(sample.seconds, *found);
            highest = std::max(highest, *found);
        }
    }
    if (!series.points.empty()) {
        report.telemetry.push_back({name, unit, highest, {}, "the highest value seen"});
    }
    if (series.points.size() >= least_points) {
        report.series.push_back(std::move(series));
    }
}

// A healthy link occasionally resends a packet. NVIDIA's DCGM warns at the same rate.
constexpr std::uint64_t most_replays_in_a_minute = 8;

bool TelemetryLog::has_replays() const {
    return before_.link_replays && samples_.back().reading.link_replays;
}

std::uint64_t TelemetryLog::most_replays() const {
    const auto minutes = static_cast<std::uint64_t>(std::ceil(samples_.back().seconds / 60));
    return *before_.link_replays + most_replays_in_a_minute * minutes;
}

void TelemetryLog::compare_replays(CheckReport& report) const {
    if (!has_replays()) {
        return;
    }
    const std::uint64_t found = *samples_.back().reading.link_replays;
    expect(report, found <= most_replays(), "link replays",
           fmt::format("at most {}: {} before the check, and {} a minute", most_replays(),
                       *before_.link_replays, most_replays_in_a_minute),
           fmt::format("{}", found));
}

/// The highest counts of all samples, since a counter may disappear before the end.
std::map<std::string, std::uint64_t> TelemetryLog::most_errors() const {
    std::map<std::string, std::uint64_t> most;
    for (const Sample& sample : samples_) {
        for (const auto& [name, count] : sample.reading.errors) {
            most[name] = std::max(most[name], count);
        }
    }
    return most;
}

/// Xids are counted from the first query on. Any other counter that was unknown before the check is
/// compared with its first known count.
std::uint64_t TelemetryLog::errors_before(const std::string& name) const {
    const auto known = before_.errors.find(name);
    if (known != before_.errors.end()) {
        return known->second;
    }
    if (name.starts_with("Xid ")) {
        return 0;
    }
    const auto first = std::ranges::find_if(
        samples_, [&](const Sample& sample) { return sample.reading.errors.contains(name); });
    return first != samples_.end() ? first->reading.errors.at(name) : 0;
}

void TelemetryLog::compare_errors(CheckReport& report) const {
    for (const auto& [name, most] : most_errors()) {
        if (is_fault_of_device(name)) {
            const std::uint64_t before = errors_before(name);
            expect(report, most <= before, name, fmt::format("{}, as before the check", before),
                   fmt::format("{}", most));
        }
    }
}

std::vector<ErrorEvent> TelemetryLog::errors() const {
    std::vector<ErrorEvent> events;
    if (samples_.empty()) {
        return events;
    }
    for (const auto& [name, most] : most_errors()) {
        if (most > errors_before(name)) {
            events.push_back(explained(name, errors_before(name), most));
        }
    }
    if (has_replays() && *samples_.back().reading.link_replays > most_replays()) {
        events.push_back(explained("link replays", *before_.link_replays,
                                   *samples_.back().reading.link_replays));
    }
    return events;
}

}  // namespace trilby::validate
