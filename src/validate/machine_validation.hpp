// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The result of validating all devices of a backend at the same time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "validate/bit_differences.hpp"
#include "validate/device_kind.hpp"
#include "validate/validation.hpp"

namespace trilby::validate {

/// A plan whose checks run on all devices together, and the checks that each device then repeats
/// alone, in the time that they have in the original plan. The checks of the machine come last.
struct SharedPlan {
    std::vector<PlannedCheck> together;
    std::vector<PlannedCheck> alone;
    std::vector<PlannedCheck> machine = {};
};

/// If the speed of a check depends on what the other devices do, half of its time goes to the
/// devices alone, provided that this is enough to measure a speed on each.
[[nodiscard]] SharedPlan share_time(std::vector<PlannedCheck> plan, std::size_t devices);

/// A device whose measurement is worse than those of the others of its kind.
struct Outlier {
    std::int64_t device = 0;
    std::string check;
    std::string name;  ///< Measurement::name
    std::string unit;
    double value = 0;
    double usual = 0;            ///< the median of the kind, or the value of the other device
    std::uint64_t compared = 0;  ///< the devices of the kind that measured this
};

/// Of three or more devices, one is an outlier if it differs from the median by this share of the
/// median, and by `outlying_deviations` scaled median absolute deviations. Of two, the worse one is
/// an outlier if it differs from the other by `outlying_share_of_two`.
inline constexpr double outlying_share = 0.1;
inline constexpr double outlying_deviations = 5;
inline constexpr double outlying_share_of_two = 0.2;

/// Compares the speeds and times of devices with the same name and kind, where they were measured
/// for long enough to be judged.
[[nodiscard]] std::vector<Outlier> find_outliers(const std::vector<Validation>& devices);

/// The speed of copies from one device to another.
struct PeerLink {
    std::int64_t from = 0;
    std::int64_t to = 0;
    double gigabytes_per_second = 0;
    bool was_alone = false;  ///< no other device was working
};

struct MachineValidation {
    std::vector<Validation> devices;
    /// The results of each device while the others were idle, in the same order.
    std::vector<std::vector<CheckResult>> alone;
    /// The results of the checks of the machine, which belong to no single device.
    std::vector<CheckResult> results = {};
    std::vector<Outlier> outliers;
    BitComparison bits;
    std::vector<UnseenCard> unseen;
    double seconds = 0;
};

/// A speed while all devices were working, and while the others were idle.
struct SpeedAlone {
    std::int64_t device = 0;
    std::string check;
    std::string name;
    std::string unit;
    double together = 0;
    double alone = 0;
};

[[nodiscard]] std::vector<SpeedAlone> speeds_alone(const MachineValidation& validation);

/// For all pairs of devices that could be measured, both ways.
[[nodiscard]] std::vector<PeerLink> peer_links(const MachineValidation& validation);

/// Whether the device did not answer in a check. It would only make others wait.
[[nodiscard]] bool is_silent(const MachineValidation& validation, std::size_t device);

/// The verdict on a device, with its results alone.
[[nodiscard]] Conclusion conclude(const MachineValidation& validation, std::size_t device);
/// The worst conclusion of the devices, and worse if there are outliers, different bits, or cards
/// that no device stands for.
[[nodiscard]] Conclusion conclude(const MachineValidation& validation);

}  // namespace trilby::validate
