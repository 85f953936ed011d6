// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Compares what devices of one kind computed from the same numbers, to the bit.

#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "validate/device_kind.hpp"
#include "validate/validation.hpp"

namespace trilby::validate {

/// What two devices must share to compute the same bits from the same numbers.
struct BitConditions {
    std::string program_version;  ///< of Trilby
    std::string device_name;
    /// Vendor and device: different GPUs may have the same name.
    std::pair<std::uint16_t, std::uint16_t> pci_ids;
    DeviceKind kind = DeviceKind::card;
    std::string libraries;                       ///< Subject::libraries as text
    std::string c_library_version;               ///< computes some functions of a CPU
    std::map<std::string, std::string> drivers;  ///< versions by names
    std::vector<std::string> cpu_features;       ///< by which libraries choose their code

    auto operator<=>(const BitConditions&) const = default;
};

/// The conditions of a device of this kind in this machine.
[[nodiscard]] BitConditions bit_conditions(const std::string& program_version,
                                           const Subject& subject, DeviceKind kind,
                                           const Machine& machine);
[[nodiscard]] BitConditions bit_conditions(const Validation& validation);

/// The rounds of two runs with the same inputs.
struct RoundComparison {
    std::uint64_t rounds = 0;
    std::optional<std::uint64_t> first_difference = {};  ///< the first round with other results
};

[[nodiscard]] RoundComparison compare_rounds(const std::vector<RoundDigest>& one,
                                             const std::vector<RoundDigest>& other);

/// Devices of one kind whose bits differ. If most devices agree, `devices` are the others; else all
/// that were compared.
struct BitDifference {
    std::vector<std::int64_t> devices;
    std::string check;
    std::uint64_t round = 0;            ///< the first in which they differ
    std::uint64_t rounds = 0;           ///< the number in which they differ
    std::uint64_t rounds_compared = 0;  ///< of this check, on two or more devices
    std::uint64_t devices_compared = 0;
    std::int64_t other = 0;  ///< a device whose bits are not those of the first of `devices`
    std::vector<std::string> replay = {};  ///< the commands that show the difference again

    /// Whether most devices agree.
    [[nodiscard]] bool has_majority() const { return devices.size() < devices_compared; }
};

/// What could be compared: nothing if each device is the only one of its kind.
struct ComparedBits {
    std::uint64_t rounds = 0;  ///< of all checks, on two or more devices
    std::vector<std::int64_t> devices = {};
};

struct BitComparison {
    ComparedBits compared;
    std::vector<BitDifference> differences = {};
};

/// Compares devices under the same conditions: the rounds that two or more of them carried out with
/// the same inputs. A device with wrong values is left out.
[[nodiscard]] BitComparison compare_bits(const std::vector<Validation>& devices);

}  // namespace trilby::validate
