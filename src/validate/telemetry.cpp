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
#include "validate/catalog.hpp"
#include "validate/energy.hpp"
#include "validate/statistics.hpp"

namespace trilby::validate {
namespace {

constexpr std::chrono::duration<double> sample_interval(0.2);
// A check of hours is sampled less often.
constexpr double most_samples_per_age = 400;
constexpr std::size_t least_samples = 3;
constexpr std::size_t least_points = 10;  // for a plot

constexpr const char* not_judged = "only a loss of speed is judged";

constexpr const char* replays_name = "link replays";

/// The rise of the counter in a minute that a healthy device may have.
std::uint64_t rate_of_healthy(std::string_view counter) {
    const auto known = error_meaning(counter);
    return known ? known->most_per_minute : 0;
}

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

void leave_out_totals_of_card(Reading& reading) {
    reading.power_w.reset();
    reading.energy.clear();
    for (const char* name : {"power", "energy"}) {
        reading.unknown[name] = "the card reports it for all of its parts together";
    }
}

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
    for (const TelemetrySample& sample : samples_) {  // an empty value is less than any other
        clocks.clock_mhz = std::max(clocks.clock_mhz, sample.reading.clock_mhz);
        clocks.mean_clock_mhz = std::max(clocks.mean_clock_mhz, sample.reading.mean_clock_mhz);
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
    add_energy(report);
    if (const std::string& problem = samples_.back().reading.problem; !problem.empty()) {
        report.lacking.push_back("telemetry of the vendor's library: " + problem);
    }
}

void TelemetryLog::judge(CheckReport& report) const {
    for (const auto& [name, most] : most_errors()) {
        if (is_fault_of_device(name)) {
            compare(report, name, errors_before(name), most);
        }
    }
    if (has_replays()) {
        compare(report, replays_name, *before_.link_replays, *samples_.back().reading.link_replays);
    }
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

namespace {

/// The course of one reason: whether a sample has it, where that is known.
Series course_of_flag(const std::vector<TelemetrySample>& samples, const std::string& reason) {
    Series series{"slowed by " + reason, "seconds", "1 if so, else 0", {}};
    for (const TelemetrySample& sample : samples) {
        if (const auto& reasons = sample.reading.throttle_reasons) {
            series.points.emplace_back(sample.seconds, reasons->contains(reason) ? 1 : 0);
        }
    }
    return series;
}

/// The course of one counter: how much it rose since the sample before.
Series course_of_count(const std::vector<TelemetrySample>& samples, const std::string& reason) {
    Series series{"slowed by " + reason, "seconds", "times since the last reading", {}};
    std::optional<std::uint64_t> before;
    for (const TelemetrySample& sample : samples) {
        const auto& counts = sample.reading.throttle_counts;
        if (const auto count = counts.find(reason); count != counts.end()) {
            if (before) {
                series.points.emplace_back(sample.seconds, rise(*before, count->second));
            }
            before = count->second;
        }
    }
    return series;
}

void add_plot(CheckReport& report, Series series) {
    if (series.points.size() >= least_points) {
        report.series.push_back(std::move(series));
    }
}

/// A check without any reason for throttling, which differs from one where they are unknown.
void add_no_throttling(CheckReport& report, const char* unit, const std::string& source) {
    report.telemetry.push_back({"slowed down", unit, 0, {}, source});
}

}  // namespace

/// A flag that was set before any load says nothing about the check.
void TelemetryLog::add_throttle_reasons(CheckReport& report) const {
    std::map<std::string, double> seen;
    double known = 0;
    for (const TelemetrySample& sample : samples_) {
        known += sample.reading.throttle_reasons ? 1 : 0;
        for (const std::string& reason :
             sample.reading.throttle_reasons.value_or(std::set<std::string>())) {
            seen[reason] += 1;
        }
    }
    if (known == 0) {
        return;
    }
    const std::string source =
        fmt::format("reported by the driver in {} of {} samples", known, samples_.size());
    if (seen.empty()) {
        add_no_throttling(report, "% of samples", "no reason " + source);
    }
    for (const auto& [reason, times] : seen) {
        report.telemetry.push_back(
            {"slowed by " + reason,
             "% of samples",
             100 * times / known,
             {},
             fmt::format("{}; {}",
                         stuck_.contains(reason)
                             ? "reported by the driver even before any load, so perhaps stuck"
                             : "reported by the driver",
                         not_judged)});
        add_plot(report, course_of_flag(samples_, reason));
    }
}

void TelemetryLog::add_throttle_counts(CheckReport& report) const {
    const Reading& after = samples_.back().reading;
    const double looks = rise(before_.throttle_looks.value_or(0), after.throttle_looks.value_or(0));
    const bool is_share = before_.throttle_looks && looks > 0;
    const char* unit = is_share ? "% of time" : "times";
    bool is_slowed = false;
    for (const auto& [reason, count] : after.throttle_counts) {
        const auto before = before_.throttle_counts.find(reason);
        const double times =
            before != before_.throttle_counts.end() ? rise(before->second, count) : 0;
        if (times > 0) {
            is_slowed = true;
            report.telemetry.push_back({"slowed by " + reason,
                                        unit,
                                        is_share ? 100 * times / looks : times,
                                        {},
                                        fmt::format("counted by the firmware; {}", not_judged)});
            add_plot(report, course_of_count(samples_, reason));
        }
    }
    if (!is_slowed && !before_.throttle_counts.empty() && !after.throttle_counts.empty()) {
        add_no_throttling(report, unit, "the firmware counted no reason");
    }
}

/// Counters are read too coarsely for less than a second.
void TelemetryLog::add_energy(CheckReport& report) const {
    if (samples_.back().seconds - samples_.front().seconds < least_seconds_to_judge) {
        return;
    }
    const auto energy = energy_of(samples_);
    if (!energy) {
        if (!samples_.front().reading.energy.empty()) {  // else it is unknown anyway
            report.lacking.push_back("energy: " + energy.error());
        }
        return;
    }
    report.telemetry.push_back({"energy", "J", energy->joules, {}, energy->basis});
    if (const auto& work = report.work; work && work->amount > 0) {
        report.telemetry.push_back(
            {"energy per " + work->unit,
             "J/" + work->unit,
             energy->joules / work->amount,
             {},
             fmt::format("of the whole check, for {:.4g} {}", work->amount, work->unit)});
    }
}

void TelemetryLog::add_values(CheckReport& report, const char* name, const char* unit,
                              std::optional<double> Reading::*value) const {
    Series series{name, "seconds", unit, {}};
    std::vector<double> values;
    for (const TelemetrySample& sample : samples_) {
        if (const auto& found = sample.reading.*value) {
            series.points.emplace_back(sample.seconds, *found);
            values.push_back(*found);
        }
    }
    if (!values.empty()) {
        const auto [lowest, highest] = std::ranges::minmax(values);
        report.telemetry.push_back({name,
                                    unit,
                                    highest,
                                    {},
                                    fmt::format("the highest of {} values; the lowest is {:g}, "
                                                "the median {:g}",
                                                values.size(), lowest, median(values))});
    }
    add_plot(report, std::move(series));
}

bool TelemetryLog::has_replays() const {
    return before_.link_replays && samples_.back().reading.link_replays;
}

/// The rise until the last sample that a healthy device may have.
std::uint64_t TelemetryLog::allowed_rise(std::string_view name) const {
    const double minutes = std::max(1.0, std::ceil(samples_.back().seconds / 60));
    return rate_of_healthy(name) * static_cast<std::uint64_t>(minutes);
}

void TelemetryLog::compare(CheckReport& report, const std::string& name, std::uint64_t before,
                           std::uint64_t found) const {
    const std::uint64_t rate = rate_of_healthy(name);
    const std::uint64_t most = before + allowed_rise(name);
    const std::string expected =
        rate == 0
            ? fmt::format("{}, as before the check", before)
            : fmt::format("at most {}: {} before the check, and {} a minute", most, before, rate);
    expect(report, found <= most, name, expected, fmt::format("{}", found));
}

/// The highest counts of all samples, since a counter may disappear before the end.
std::map<std::string, std::uint64_t> TelemetryLog::most_errors() const {
    std::map<std::string, std::uint64_t> most;
    for (const TelemetrySample& sample : samples_) {
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
    const auto first = std::ranges::find_if(samples_, [&](const TelemetrySample& sample) {
        return sample.reading.errors.contains(name);
    });
    return first != samples_.end() ? first->reading.errors.at(name) : 0;
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
    if (has_replays()) {
        const std::uint64_t before = *before_.link_replays;
        const std::uint64_t after = *samples_.back().reading.link_replays;
        if (after > before + allowed_rise(replays_name)) {  // fewer are usual
            events.push_back(explained(replays_name, before, after));
        }
    }
    return events;
}

}  // namespace trilby::validate
