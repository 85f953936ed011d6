// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The telemetry that the kernel has in files. What cannot be read gets its reason.

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <string_view>
#include <utility>

#include "base/presence.hpp"
#include "base/text.hpp"
#include "machine/gpu_metrics.hpp"
#include "machine/pci_address.hpp"
#include "validate/telemetry.hpp"

namespace trilby::validate {
namespace {

using platform::FileTree;

/// The value, or nothing and its reason in `reading`.
template <class T>
std::optional<T> known(Reading& reading, const std::string& name, const Observed<T>& value) {
    if (value) {
        reading.unknown.erase(name);
        return *value;
    }
    reading.unknown[name] =
        fmt::format("{} {}", value.source(), why_missing(value.presence(), "has no such number"));
    return std::nullopt;
}

/// A counter. The largest numbers stand for no value.
std::optional<std::uint64_t> known_count(std::string_view text) {
    constexpr std::array<std::uint64_t, 3> no_values{UINT32_MAX, INT64_MAX, UINT64_MAX};
    const auto count = parse_number<std::uint64_t>(text);
    const bool is_value = count && std::ranges::find(no_values, *count) == no_values.end();
    return is_value ? count : std::nullopt;
}

Observed<std::uint64_t> count_at(const FileTree& tree, const std::string& path) {
    return tree.read_trimmed(path).parse(known_count);
}

/// A counter of microjoules. One that is 0 counts nothing.
Observed<double> joules_at(const FileTree& tree, const std::string& path) {
    return tree.read_trimmed(path).parse([](const std::string& text) {
        const std::uint64_t microjoules = known_count(text).value_or(0);
        return microjoules != 0 ? std::optional(static_cast<double>(microjoules) * 1e-6)
                                : std::nullopt;
    });
}

/// A measurement, which is never 0.
Observed<double> measure_at(const FileTree& tree, const std::string& path, double unit) {
    return tree.read_trimmed(path).parse([&](const std::string& text) {
        const auto number = parse_number<std::int64_t>(text);
        return number.value_or(0) != 0 ? std::optional(static_cast<double>(*number) * unit)
                                       : std::nullopt;
    });
}

/// "2596.146" is 2596, "16.0 GT/s PCIe" is 16; never 0.
std::optional<double> whole_part(std::string_view text) {
    const auto whole = parse_number<std::uint32_t>(trim(text.substr(0, text.find('.'))));
    return whole.value_or(0) != 0 ? std::optional<double>(*whole) : std::nullopt;
}

std::vector<std::string> names_in(const FileTree& tree, const std::string& folder,
                                  std::string_view prefix) {
    std::vector<std::string> names = tree.list(folder).value_or({});
    std::erase_if(names, [&](const std::string& name) { return !name.starts_with(prefix); });
    return names;
}

std::string why_not_listed(const FileTree& tree, const std::string& folder,
                           std::string_view lacking) {
    const auto names = tree.list(folder);
    return fmt::format("{} {}", folder, names ? lacking : why_missing(names.presence()));
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

bool is_usable(const UsableCpus& usable, std::optional<std::uint32_t> cpu) {
    return !usable || !cpu || std::ranges::find(*usable, *cpu) != usable->end();
}

/// The clock of each usable CPU from its governor.
std::vector<double> governed_clocks(const FileTree& tree, const UsableCpus& usable) {
    std::vector<double> clocks;
    for (const std::string& cpu : cpus(tree)) {
        const auto number = parse_number<std::uint32_t>(cpu.substr(cpu_folder.size() + 4));
        const auto clock = measure_at(tree, cpu + "/cpufreq/scaling_cur_freq", 1e-3);
        if (number && clock && is_usable(usable, number)) {
            clocks.push_back(*clock);
        }
    }
    return clocks;
}

/// The clock of each usable CPU in /proc/cpuinfo, in whose lines its number comes first.
std::vector<double> listed_clocks(const FileTree& tree, const UsableCpus& usable) {
    std::vector<double> clocks;
    std::optional<std::uint32_t> cpu;
    static_cast<void>(tree.for_each_line("/proc/cpuinfo", [&](std::string_view line) {
        const auto colon = line.find(':');
        const std::string_view value =
            colon == std::string_view::npos ? "" : trim(line.substr(colon + 1));
        if (line.starts_with("processor")) {
            cpu = parse_number<std::uint32_t>(value);
        } else if (line.starts_with("cpu MHz") && is_usable(usable, cpu)) {
            if (const auto clock = whole_part(value)) {
                clocks.push_back(*clock);
            }
        }
        return true;
    }));
    return clocks;
}

/// The highest clock is that of a busy CPU. The mean counts idle ones, too.
void add_cpu_clock(const FileTree& tree, const UsableCpus& usable, Reading& reading) {
    std::vector<double> clocks = governed_clocks(tree, usable);
    if (clocks.empty()) {
        clocks = listed_clocks(tree, usable);
    }
    if (clocks.empty()) {
        reading.unknown["clock"] = "neither cpufreq nor /proc/cpuinfo has one";
        return;
    }
    reading.clock_mhz = std::ranges::max(clocks);
    reading.mean_clock_mhz =
        std::accumulate(clocks.begin(), clocks.end(), 0.0) / static_cast<double>(clocks.size());
}

void add_cpu_throttling(const FileTree& tree, Reading& reading) {
    for (const std::string& cpu : cpus(tree)) {
        if (const auto count = count_at(tree, cpu + "/thermal_throttle/core_throttle_count")) {
            reading.times_throttled = reading.times_throttled.value_or(0) + *count;
        }
    }
    if (!reading.times_throttled) {
        reading.unknown["throttling"] = "no CPU has the file thermal_throttle/core_throttle_count";
    }
}

/// The limit of the sensor whose folder is `sensor`.
std::optional<double> temperature_limit_at(const FileTree& tree, const std::string& sensor) {
    const auto limit = measure_at(tree, sensor + "/temp1_crit", 1e-3);
    return known_temperature_limit(limit ? std::optional(*limit) : std::nullopt);
}

/// From the first sensor of a CPU.
void add_cpu_temperature(const FileTree& tree, Reading& reading) {
    const std::string folder = "/sys/class/hwmon";
    reading.unknown["temperature"] = why_not_listed(tree, folder, "has no sensor of a CPU");
    for (const std::string& name : names_in(tree, folder, "hwmon")) {
        const std::string driver = tree.read_trimmed(folder + "/" + name + "/name").value_or("");
        if (driver == "coretemp" || driver == "k10temp" || driver == "zenpower" ||
            driver == "cpu_thermal") {
            const std::string sensor = folder + "/" + name;
            reading.temperature_c =
                known(reading, "temperature", measure_at(tree, sensor + "/temp1_input", 1e-3));
            reading.temperature_limit_c = temperature_limit_at(tree, sensor);
            return;
        }
    }
}

/// Adds the counters of whole packages (RAPL), which include those of their parts. Without one of
/// them, the sum is unknown.
void add_cpu_energy(const FileTree& tree, Reading& reading) {
    const std::string folder = "/sys/class/powercap";
    reading.unknown["energy"] = why_not_listed(tree, folder, "has no counter of a package");
    for (const std::string& name : names_in(tree, folder, "intel-rapl:")) {
        const std::string zone = folder + "/" + name;
        const std::string part = tree.read_trimmed(zone + "/name").value_or("");
        if (!part.starts_with("package")) {
            continue;
        }
        const auto joules = known(reading, "energy", joules_at(tree, zone + "/energy_uj"));
        if (!joules) {
            reading.energy.clear();
            return;
        }
        const auto range = joules_at(tree, zone + "/max_energy_range_uj");
        reading.energy[printable(part, 64)] = {*joules,
                                               range ? std::optional(*range) : std::nullopt};
    }
}

/// Adds the errors of the memory controllers (EDAC).
void add_memory_errors(const FileTree& tree, Reading& reading) {
    const std::string folder = "/sys/devices/system/edac/mc";
    const std::vector<std::string> controllers = names_in(tree, folder, "mc");
    if (controllers.empty()) {
        reading.unknown["memory errors"] = why_not_listed(tree, folder, "has no memory controller");
    }
    for (const std::string& controller : controllers) {
        for (const auto& [file, name] : {std::pair{"/ce_count", "memory errors, corrected"},
                                         std::pair{"/ue_count", "memory errors, not corrected"}}) {
            const auto count = count_at(tree, folder + "/" + controller + file);
            if (const auto counted = known(reading, controller + " " + name, count)) {
                reading.errors[name] += *counted;
            }
        }
    }
}

/// The sum of the counts of all CPUs: "MCE:  0  1  Machine check exceptions" is 1.
std::uint64_t sum_of_cpus(std::string_view counts) {
    std::uint64_t sum = 0;
    for (const std::string_view word : split_words(counts)) {
        const auto count = parse_number<std::uint64_t>(word);
        if (!count) {
            break;
        }
        sum += *count;
    }
    return sum;
}

void add_machine_checks(const FileTree& tree, Reading& reading) {
    const std::string path = "/proc/interrupts";
    bool has_counts = false;
    const Presence presence = tree.for_each_line(path, [&](std::string_view line) {
        const std::string_view row = trim(line);
        for (const auto& [label, name] : {std::pair{"MCE:", "machine checks, fatal"},
                                          std::pair{"DFR:", "machine checks, deferred"}}) {
            if (row.starts_with(label)) {
                reading.errors[name] = sum_of_cpus(row.substr(4));
                has_counts = true;
            }
        }
        return true;
    });
    if (!has_counts) {
        reading.unknown["machine checks"] = fmt::format(
            "{} {}", path,
            presence == Presence::present ? "does not count them" : why_missing(presence));
    }
}

Reading read_cpu(const FileTree& tree, const UsableCpus& usable) {
    Reading reading;
    add_cpu_clock(tree, usable, reading);
    add_cpu_temperature(tree, reading);
    add_cpu_throttling(tree, reading);
    add_cpu_energy(tree, reading);
    add_memory_errors(tree, reading);
    add_machine_checks(tree, reading);
    return reading;
}

/// Adds the errors of PCI Express (AER) by name. The line with the total is left out.
void add_link_errors(const FileTree& tree, const std::string& card, Reading& reading) {
    for (const auto& [file, severity] :
         {std::pair{"/aer_dev_correctable", "corrected"},
          std::pair{"/aer_dev_nonfatal", "not fatal"}, std::pair{"/aer_dev_fatal", "fatal"}}) {
        const Presence presence = tree.for_each_line(card + file, [&](std::string_view line) {
            const auto words = split_words(line);
            const auto count =
                words.size() == 2 ? parse_number<std::uint64_t>(words[1]) : std::nullopt;
            if (count && !words[0].starts_with("TOTAL_")) {
                reading.errors[fmt::format("PCIe {}, {}", printable(words[0], 64), severity)] =
                    *count;
            }
            return true;
        });
        if (presence != Presence::present) {
            reading.unknown["link errors"] =
                fmt::format("{}{} {}", card, file, why_missing(presence));
        }
    }
}

struct RasKey {
    std::string_view key;
    std::string_view kind;
};
constexpr auto ras_keys =
    std::to_array<RasKey>({{"ue: ", "not corrected"}, {"ce: ", "corrected"}, {"de: ", "deferred"}});

/// Adds the lines "ue: 0" and the like of one unit.
void add_ras_errors(const FileTree& tree, const std::string& path, const std::string& block,
                    Reading& reading) {
    static_cast<void>(tree.for_each_line(path, [&](std::string_view line) {
        for (const RasKey& known_key : ras_keys) {
            if (!line.starts_with(known_key.key)) {
                continue;
            }
            const std::string name =
                fmt::format("RAS {}, {}", printable(block, 64), known_key.kind);
            if (const auto count = known_count(trim(line.substr(known_key.key.size())))) {
                reading.errors[name] = *count;
            } else {
                reading.unknown[name] = fmt::format("{} has no such number", path);
            }
        }
        return true;
    }));
}

/// Adds how many pages of the card's memory are out of use: lines "0x1 : 0x1000 : R".
void add_bad_pages(const FileTree& tree, const std::string& path, Reading& reading) {
    std::map<std::string, std::uint64_t> pages{
        {"bad pages, retired", 0}, {"bad pages, pending", 0}, {"bad pages, not retired", 0}};
    const Presence presence = tree.for_each_line(path, [&](std::string_view line) {
        const std::string_view row = trim(line);
        if (row.ends_with(": R")) {
            ++pages["bad pages, retired"];
        } else if (row.ends_with(": P")) {
            ++pages["bad pages, pending"];
        } else if (row.ends_with(": F")) {
            ++pages["bad pages, not retired"];
        }
        return true;
    });
    if (presence == Presence::present) {
        reading.is_retirement_pending = pages["bad pages, pending"] > 0;
        reading.has_retirement_failed = pages["bad pages, not retired"] > 0;
        reading.errors.merge(pages);
    } else {
        reading.unknown["bad pages"] = fmt::format("{} {}", path, why_missing(presence));
    }
}

/// Adds the errors that amdgpu counts by unit (RAS).
void add_card_errors(const FileTree& tree, const std::string& card, Reading& reading) {
    constexpr std::string_view suffix = "_err_count";
    const std::string folder = card + "/ras";
    const std::string bad_pages = "gpu_vram_bad_pages";
    const std::vector<std::string> files = names_in(tree, folder, "");
    bool has_counts = false;
    for (const std::string& file : files) {
        if (file.ends_with(suffix)) {
            add_ras_errors(tree, folder + "/" + file, file.substr(0, file.size() - suffix.size()),
                           reading);
            has_counts = true;
        }
    }
    if (has_counts || std::ranges::find(files, bad_pages) != files.end()) {
        add_bad_pages(tree, folder + "/" + bad_pages, reading);
    }
    if (!has_counts) {
        reading.unknown["card errors"] = why_not_listed(tree, folder, "has no counters");
    }
}

struct Sensor {
    std::optional<double> Reading::*value;
    const char* name;
    const char* file;
    double unit;
};
constexpr auto sensors_of_cards =
    std::to_array<Sensor>({{&Reading::clock_mhz, "clock", "/freq1_input", 1e-6},
                           {&Reading::temperature_c, "temperature", "/temp1_input", 1e-3},
                           {&Reading::power_w, "power", "/power1_average", 1e-6},
                           {&Reading::power_w, "power", "/power1_input", 1e-6}});

void add_sensors(const FileTree& tree, const std::string& card, Reading& reading) {
    const std::string folder = card + "/hwmon";
    for (const Sensor& sensor : sensors_of_cards) {
        reading.unknown[sensor.name] = why_not_listed(tree, folder, "has no sensor");
    }
    reading.unknown["energy"] = reading.unknown["power"];
    for (const std::string& chip : names_in(tree, folder, "hwmon")) {
        for (const Sensor& sensor : sensors_of_cards) {
            if (auto& value = reading.*sensor.value; !value) {
                const std::string path = folder + "/" + chip + sensor.file;
                value = known(reading, sensor.name, measure_at(tree, path, sensor.unit));
            }
        }
        if (!reading.temperature_limit_c) {
            reading.temperature_limit_c = temperature_limit_at(tree, folder + "/" + chip);
        }
        if (const auto joules = reading.energy.empty()
                                    ? known(reading, "energy",
                                            joules_at(tree, folder + "/" + chip + "/energy1_input"))
                                    : std::nullopt) {
            reading.energy["card"] = {.joules = *joules};
        }
    }
}

/// Adds what AMD's firmware says about power and throttling.
void add_metrics(const FileTree& tree, const std::string& card, Reading& reading) {
    const auto table = tree.read(card + "/gpu_metrics");
    if (!known(reading, "throttling", table)) {
        return;
    }
    const auto metrics = parse_gpu_metrics(*table);
    if (!metrics) {
        reading.unknown["throttling"] = metrics.error().message;
        return;
    }
    if (!metrics->knows_throttling()) {
        reading.unknown["throttling"] = "the firmware reports no value in gpu_metrics";
    }
    reading.throttle_reasons = metrics->throttle_reasons;
    reading.throttle_counts = metrics->throttle_counts;
    reading.throttle_looks = metrics->throttle_looks;
    if (!reading.power_w && metrics->power_w) {
        reading.power_w = metrics->power_w;
        reading.unknown.erase("power");
    }
}

std::string folder_of_card(const std::string& address) {
    return "/sys/bus/pci/devices/" + address;
}

Reading read_card(const FileTree& tree, const std::string& address) {
    const std::string card = folder_of_card(address);
    Reading reading;
    reading.link_gt_per_s =
        known(reading, "link speed",
              tree.read_trimmed(card + "/current_link_speed").parse([](const std::string& text) {
                  return whole_part(text);
              }));
    reading.link_replays =
        known(reading, "link replays", count_at(tree, card + "/pcie_replay_count"));
    add_sensors(tree, card, reading);
    add_metrics(tree, card, reading);
    add_link_errors(tree, card, reading);
    add_card_errors(tree, card, reading);
    return reading;
}

}  // namespace

std::optional<double> known_temperature_limit(std::optional<double> celsius) {
    constexpr double hottest = 200;
    return celsius && *celsius > 0 && *celsius <= hottest ? celsius : std::nullopt;
}

Reading read_telemetry(const FileTree& tree, const std::string& pci_address,
                       const UsableCpus& usable) {
    if (pci_address.empty()) {
        return read_cpu(tree, usable);
    }
    // The address comes from a worker, and could be any text.
    return is_pci_address(pci_address) ? read_card(tree, pci_address) : Reading{};
}

Reading read_sleeping_card(const FileTree& tree, const std::string& pci_address) {
    Reading reading;
    reading.problem = "the card sleeps";
    if (is_pci_address(pci_address)) {
        add_link_errors(tree, folder_of_card(pci_address), reading);
    }
    return reading;
}

}  // namespace trilby::validate
