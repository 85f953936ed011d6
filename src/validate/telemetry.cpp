// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/telemetry.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace trilby::validate {
namespace {

using platform::FileTree;

constexpr std::chrono::duration<double> sample_interval(0.2);
// A check of hours is sampled less often.
constexpr double most_samples_per_age = 400;
constexpr std::size_t least_samples = 3;
constexpr std::size_t least_points = 10;  // for a plot

/// Checks the address, which comes from a worker and could be any text.
bool is_pci_address(std::string_view text) {
    return text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos &&
           text.find("..") == std::string_view::npos;
}

std::optional<std::uint64_t> count_at(const FileTree& tree, const std::string& path) {
    const auto text = tree.read_trimmed(path);
    return text ? parse_number<std::uint64_t>(*text) : std::nullopt;
}

std::optional<double> number_at(const FileTree& tree, const std::string& path, double unit) {
    const auto text = tree.read_trimmed(path);
    const auto number = text ? parse_number<std::int64_t>(*text) : std::nullopt;
    return number ? std::optional(static_cast<double>(*number) * unit) : std::nullopt;
}

/// "2596.146" is 2596, "16.0 GT/s PCIe" is 16.
std::optional<double> whole_part(std::string_view text) {
    const auto whole = parse_number<std::uint32_t>(trim(text.substr(0, text.find('.'))));
    return whole ? std::optional<double>(*whole) : std::nullopt;
}

std::vector<std::string> names_in(const FileTree& tree, const std::string& folder,
                                  std::string_view prefix) {
    std::vector<std::string> names = tree.list(folder).value_or({});
    std::erase_if(names, [&](const std::string& name) { return !name.starts_with(prefix); });
    return names;
}

std::optional<double> mean(const std::vector<double>& values) {
    if (values.empty()) {
        return std::nullopt;
    }
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

const std::string cpu_folder = "/sys/devices/system/cpu";

/// The folders of all CPUs.
std::vector<std::string> cpus(const FileTree& tree) {
    std::vector<std::string> folders;
    for (const std::string& name : names_in(tree, cpu_folder, "cpu")) {
        folders.push_back(cpu_folder + "/" + name);
    }
    return folders;
}

/// The clock of every CPU from the governor, else from /proc/cpuinfo.
std::vector<double> cpu_clocks(const FileTree& tree) {
    std::vector<double> clocks;
    for (const std::string& cpu : cpus(tree)) {
        if (const auto clock = number_at(tree, cpu + "/cpufreq/scaling_cur_freq", 1e-3)) {
            clocks.push_back(*clock);
        }
    }
    if (!clocks.empty()) {
        return clocks;
    }
    static_cast<void>(tree.for_each_line("/proc/cpuinfo", [&](std::string_view line) {
        const auto colon = line.find(':');
        if (line.starts_with("cpu MHz") && colon != std::string_view::npos) {
            if (const auto clock = whole_part(line.substr(colon + 1))) {
                clocks.push_back(*clock);
            }
        }
        return true;
    }));
    return clocks;
}

std::optional<std::uint64_t> cpu_throttled(const FileTree& tree) {
    std::optional<std::uint64_t> times;
    for (const std::string& cpu : cpus(tree)) {
        if (const auto count = count_at(tree, cpu + "/thermal_throttle/core_throttle_count")) {
            times = times.value_or(0) + *count;
        }
    }
    return times;
}

/// The temperature from the first sensor of a CPU.
std::optional<double> cpu_temperature(const FileTree& tree) {
    const std::string folder = "/sys/class/hwmon";
    for (const std::string& name : names_in(tree, folder, "hwmon")) {
        const std::string driver = tree.read_trimmed(folder + "/" + name + "/name").value_or("");
        if (driver == "coretemp" || driver == "k10temp" || driver == "zenpower" ||
            driver == "cpu_thermal") {
            return number_at(tree, folder + "/" + name + "/temp1_input", 1e-3);
        }
    }
    return std::nullopt;
}

/// Adds the errors of the memory controllers (EDAC).
void add_memory_errors(const FileTree& tree, Reading& reading) {
    const std::string folder = "/sys/devices/system/edac/mc";
    for (const std::string& controller : names_in(tree, folder, "mc")) {
        for (const auto& [file, name] : {std::pair{"/ce_count", "memory errors, corrected"},
                                         std::pair{"/ue_count", "memory errors, not corrected"}}) {
            if (const auto count = count_at(tree, folder + "/" + controller + file)) {
                reading.errors[name] += *count;
            }
        }
    }
}

Reading read_cpu(const FileTree& tree) {
    Reading reading{.clock_mhz = mean(cpu_clocks(tree)),
                    .temperature_c = cpu_temperature(tree),
                    .times_throttled = cpu_throttled(tree)};
    add_memory_errors(tree, reading);
    return reading;
}

/// The number at the end of the line that begins with `key`: "TOTAL_ERR_COR 3", "ue: 0".
std::optional<std::uint64_t> count_in(const FileTree& tree, const std::string& path,
                                      std::string_view key) {
    std::optional<std::uint64_t> count;
    static_cast<void>(tree.for_each_line(path, [&](std::string_view line) {
        if (line.starts_with(key)) {
            count = parse_number<std::uint64_t>(trim(line.substr(key.size())));
        }
        return !count;
    }));
    return count;
}

/// Adds the errors of PCI Express (AER) and of the card's own memory and units (RAS).
void add_card_errors(const FileTree& tree, const std::string& card, Reading& reading) {
    const auto add = [&](const std::string& name, const std::string& file, std::string_view key) {
        if (const auto count = count_in(tree, card + file, key)) {
            reading.errors[name] += *count;
        }
    };
    add("link errors, corrected", "/aer_dev_correctable", "TOTAL_ERR_COR ");
    add("link errors, not fatal", "/aer_dev_nonfatal", "TOTAL_ERR_NONFATAL ");
    add("link errors, fatal", "/aer_dev_fatal", "TOTAL_ERR_FATAL ");
    for (const std::string& block : names_in(tree, card + "/ras", "")) {
        if (block.ends_with("_err_count")) {
            add("card errors, corrected", "/ras/" + block, "ce: ");
            add("card errors, not corrected", "/ras/" + block, "ue: ");
        }
    }
}

Reading read_card(const FileTree& tree, const std::string& address) {
    const std::string card = "/sys/bus/pci/devices/" + address;
    Reading reading;
    reading.link_gt_per_s =
        whole_part(tree.read_trimmed(card + "/current_link_speed").value_or(""));
    for (const std::string& sensors : names_in(tree, card + "/hwmon", "hwmon")) {
        const std::string folder = card + "/hwmon/" + sensors;
        reading.clock_mhz = number_at(tree, folder + "/freq1_input", 1e-6);
        reading.temperature_c = number_at(tree, folder + "/temp1_input", 1e-3);
        reading.power_w = number_at(tree, folder + "/power1_average", 1e-6);
        if (!reading.power_w) {
            reading.power_w = number_at(tree, folder + "/power1_input", 1e-6);
        }
    }
    add_card_errors(tree, card, reading);
    return reading;
}

}  // namespace

Reading read_telemetry(const FileTree& tree, const std::string& pci_address) {
    if (pci_address.empty()) {
        return read_cpu(tree);
    }
    return is_pci_address(pci_address) ? read_card(tree, pci_address) : Reading{};
}

TelemetryLog::TelemetryLog(std::function<Reading()> read)
    : read_(std::move(read)), before_(read_()) {}

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
    add_throttling(report);
    if (const std::string& problem = samples_.back().reading.problem; !problem.empty()) {
        report.lacking.push_back("telemetry of the vendor's library: " + problem);
    }
    compare_errors(report);
    compare_replays(report);
}

void TelemetryLog::add_throttling(CheckReport& report) const {
    const Reading& after = samples_.back().reading;
    if (before_.times_throttled && after.times_throttled) {
        report.telemetry.push_back({"throttled",
                                    "times",
                                    static_cast<double>(*after.times_throttled) -
                                        static_cast<double>(*before_.times_throttled),
                                    {},
                                    "counted by the kernel; only a loss of speed is judged"});
    }
    std::map<std::string, double> seen;
    for (const Sample& sample : samples_) {
        for (const std::string& reason : sample.reading.throttle_reasons) {
            seen[reason] += 1;
        }
    }
    for (const auto& [reason, times] : seen) {
        report.telemetry.push_back({"slowed by " + reason,
                                    "% of samples",
                                    100 * times / static_cast<double>(samples_.size()),
                                    {},
                                    "reported by the driver; only a loss of speed is judged"});
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

/// A healthy link occasionally resends a packet. NVIDIA's DCGM warns at the same rate.
void TelemetryLog::compare_replays(CheckReport& report) const {
    constexpr std::uint64_t most_in_a_minute = 8;
    const Sample& last = samples_.back();
    if (!before_.link_replays || !last.reading.link_replays) {
        return;
    }
    const auto minutes = static_cast<std::uint64_t>(std::ceil(last.seconds / 60));
    const std::uint64_t most = *before_.link_replays + most_in_a_minute * minutes;
    expect(report, *last.reading.link_replays <= most, "link replays",
           fmt::format("at most {}: {} before the check, and {} a minute", most,
                       *before_.link_replays, most_in_a_minute),
           fmt::format("{}", *last.reading.link_replays));
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

void TelemetryLog::compare_errors(CheckReport& report) const {
    for (const auto& [name, most] : most_errors()) {
        const auto found = before_.errors.find(name);
        const std::uint64_t before = found != before_.errors.end() ? found->second : 0;
        expect(report, most <= before, name, fmt::format("{}, as before the check", before),
               fmt::format("{}", most));
    }
}

}  // namespace trilby::validate
