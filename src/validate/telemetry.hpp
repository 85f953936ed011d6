// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads what a device reports about itself while it works: clock, temperature, power and counters
/// of errors, from files that every user may read and, for cards, from their vendor's library
/// (vendor_telemetry.hpp). docs/validation.md lists them. What could not be read is unknown, which
/// is neither 0 nor "none".

#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platform/cpu_affinity.hpp"
#include "platform/file_tree.hpp"
#include "validate/check_report.hpp"
#include "validate/error_event.hpp"

namespace trilby::validate {

/// The energy that a part of a device has consumed so far.
struct EnergyCounter {
    double joules = 0;
    std::optional<double> wraps_at_joules = {};  ///< where it starts again from 0, if it says so
};

struct Reading {
    std::optional<double> clock_mhz;      ///< the highest of the CPUs that may be used
    std::optional<double> link_gt_per_s;  ///< of a card, rounded down; lower while it is idle
    std::optional<double> temperature_c;
    std::optional<double> power_w;
    /// Errors since the system started, by the name of their counter: "memory errors, corrected".
    std::map<std::string, std::uint64_t> errors;
    std::optional<std::uint64_t> times_throttled;  ///< since the system started
    /// Packets that the link has resent since the driver started.
    std::optional<std::uint64_t> link_replays = {};
    /// What slows the card down now: "power cap", "heat". Nothing if that is unknown.
    std::optional<std::set<std::string>> throttle_reasons = {};
    /// How often the firmware found the card slowed down, by reason, and how often it looked.
    std::map<std::string, std::uint64_t> throttle_counts = {};
    std::optional<std::uint64_t> throttle_looks = {};
    /// What could not be read, by its name, and why: "power", "card errors".
    std::map<std::string, std::string> unknown = {};
    /// The temperature at which the hardware slows or shuts itself down to survive.
    std::optional<double> temperature_limit_c = {};
    /// Faulty memory of a card that will be replaced by spare memory, or left out, at a reset.
    std::optional<bool> is_retirement_pending = {};
    std::optional<bool> has_retirement_failed = {};    ///< there is no spare memory left
    std::map<std::string, EnergyCounter> energy = {};  ///< by the part: "card", "package-0"
    std::optional<double> mean_clock_mhz = {};  ///< of the CPUs that may be used, busy or idle
    std::string problem = {};                   ///< why the vendor's library stopped answering

    [[nodiscard]] bool knows_throttling() const {
        return throttle_reasons || !throttle_counts.empty();
    }
};

/// The counters of `reading` that are not 0.
[[nodiscard]] std::vector<ErrorEvent> earlier_errors(const Reading& reading);

/// The highest clocks that a device reported while it worked.
struct LoadedClocks {
    std::optional<double> clock_mhz;
    std::optional<double> link_gt_per_s;
    std::optional<double> mean_clock_mhz = {};  ///< of CPUs
};

/// The limit of a temperature; nothing for zero and for large numbers, which stand for an unknown
/// one.
[[nodiscard]] std::optional<double> known_temperature_limit(std::optional<double> celsius);

/// The numbers of CPUs; nothing for all.
using UsableCpus = std::optional<std::vector<std::uint32_t>>;

/// Reads the card at `pci_address`, or the CPUs and the memory if it is empty. Clocks are those of
/// the CPUs that this process may use.
[[nodiscard]] Reading read_telemetry(const platform::FileTree& tree, const std::string& pci_address,
                                     const UsableCpus& usable = platform::affinity_cpus());

/// Reads only what the kernel keeps in memory about the card at `pci_address`: the files of drivers
/// wake a card that sleeps.
[[nodiscard]] Reading read_sleeping_card(const platform::FileTree& tree,
                                         const std::string& pci_address);

/// Makes power and energy, which a card reports for all of its parts together, unknown.
void leave_out_totals_of_card(Reading& reading);

/// A reading while a check runs.
struct TelemetrySample {
    double seconds = 0;  ///< since the check was started
    Reading reading;
};

/// Readings before, during and after a check.
class TelemetryLog {
  public:
    /// Takes the first reading. `stuck` has the reasons for throttling that the device reported
    /// before any load.
    explicit TelemetryLog(std::function<Reading()> read, std::set<std::string> stuck = {});

    /// Takes another reading unless the last one is recent.
    void sample();
    /// Empty after less than three samples, which might all come from a device that was asleep.
    [[nodiscard]] LoadedClocks loaded_clocks() const;
    /// Takes the last reading, and adds plots and measurements.
    void add_to(CheckReport& report);
    /// The check fails if more errors were counted until the last sample than a healthy device has,
    /// unless programs cause them.
    void judge(CheckReport& report) const;
    /// The counters that have risen until the last sample.
    [[nodiscard]] std::vector<ErrorEvent> errors() const;

  private:
    using Clock = std::chrono::steady_clock;

    void take();
    void add_times_throttled(CheckReport& report) const;
    void add_throttle_reasons(CheckReport& report) const;
    void add_throttle_counts(CheckReport& report) const;
    void add_energy(CheckReport& report) const;
    [[nodiscard]] std::map<std::string, std::uint64_t> most_errors() const;
    [[nodiscard]] std::uint64_t errors_before(const std::string& name) const;
    [[nodiscard]] std::uint64_t allowed_rise(std::string_view name) const;
    void compare(CheckReport& report, const std::string& name, std::uint64_t before,
                 std::uint64_t found) const;
    [[nodiscard]] bool has_replays() const;
    void add_values(CheckReport& report, const char* name, const char* unit,
                    std::optional<double> Reading::*value) const;

    std::function<Reading()> read_;
    std::set<std::string> stuck_;
    Clock::time_point start_ = Clock::now();
    Reading before_;
    std::vector<TelemetrySample> samples_;
};

}  // namespace trilby::validate
