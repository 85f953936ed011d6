// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/bit_differences.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace trilby::validate {
namespace {

struct Digested {
    std::int64_t device = 0;
    const std::vector<RoundDigest>* rounds = nullptr;
};

/// The devices that carried out a check under the same conditions.
using Comparable = std::map<std::pair<BitConditions, std::string_view>, std::vector<Digested>>;

Comparable comparable(const std::vector<Validation>& devices) {
    Comparable out;
    for (const Validation& validation : devices) {
        const BitConditions conditions = bit_conditions(validation);
        for (const CheckResult& result : validation.results) {
            const CheckReport& report = result.report;
            if (report.digests && report.values_wrong == 0) {
                out[{conditions, result.planned.check->name}].push_back(
                    {validation.subject.device, &*report.digests});
            }
        }
    }
    return out;
}

/// What a device found in a round.
struct FoundBits {
    std::int64_t device = 0;
    std::string_view results;
};

/// The results that more than half of the devices found.
std::optional<std::string_view> usual_results(const std::vector<FoundBits>& answers) {
    const auto is_usual = [&](const FoundBits& one) {
        return 2 * std::ranges::count(answers, one.results, &FoundBits::results) >
               std::ssize(answers);
    };
    const auto found = std::ranges::find_if(answers, is_usual);
    return found == answers.end() ? std::nullopt : std::optional(found->results);
}

/// The devices that differ from most others; all of them if most do not agree. Not all `answers`
/// are equal.
BitDifference difference_of(const std::vector<FoundBits>& answers) {
    const auto usual = usual_results(answers);
    BitDifference out{.devices_compared = answers.size()};
    for (const FoundBits& answer : answers) {
        if (answer.results != usual) {
            out.devices.push_back(answer.device);
        }
    }
    const std::string_view of_first =
        std::ranges::find(answers, out.devices.front(), &FoundBits::device)->results;
    out.other = std::ranges::find_if(answers, [&](const FoundBits& answer) {
                    return usual ? answer.results == usual : answer.results != of_first;
                })->device;
    return out;
}

/// The answers of the devices to the inputs of a round.
using Answers = std::map<std::pair<std::uint64_t, std::string_view>, std::vector<FoundBits>>;

Answers answers_of(const std::vector<Digested>& devices) {
    Answers out;
    for (const Digested& one : devices) {
        for (const RoundDigest& digest : *one.rounds) {
            out[{digest.round, digest.inputs}].push_back({one.device, digest.results});
        }
    }
    std::erase_if(out, [](const auto& round) { return round.second.size() < 2; });
    return out;
}

bool differ(const std::vector<FoundBits>& answers) {
    return std::ranges::any_of(answers, [&](const FoundBits& answer) {
        return answer.results != answers.front().results;
    });
}

void add_devices(const Answers& answers, std::set<std::int64_t>& devices) {
    for (const auto& [round, found] : answers) {
        std::ranges::transform(found, std::inserter(devices, devices.end()), &FoundBits::device);
    }
}

/// The same devices in several rounds are one difference.
void add_round(std::vector<BitDifference>& to, BitDifference found) {
    const auto same = std::ranges::find_if(to, [&](const BitDifference& one) {
        return one.devices == found.devices && one.has_majority() == found.has_majority();
    });
    if (same == to.end()) {
        to.push_back(std::move(found));
    } else {
        ++same->rounds;
    }
}

std::vector<BitDifference> differences(std::string_view check, const Answers& answers) {
    std::vector<BitDifference> out;
    for (const auto& [round, found] : answers) {
        if (differ(found)) {
            BitDifference difference = difference_of(found);
            difference.check = check;
            difference.round = round.first;
            difference.rounds = 1;
            difference.rounds_compared = answers.size();
            add_round(out, std::move(difference));
        }
    }
    return out;
}

/// Vendor and device on the PCI bus; nothing for a CPU.
std::pair<std::uint16_t, std::uint16_t> pci_ids(const Machine& machine,
                                                const std::string& address) {
    for (const PciDevice& device : machine.pci_devices.value_or({})) {
        if (device.address == address) {
            return {device.vendor_id.value_or(0), device.device_id.value_or(0)};
        }
    }
    return {};
}

}  // namespace

BitConditions bit_conditions(const std::string& program_version, const Subject& subject,
                             DeviceKind kind, const Machine& machine) {
    BitConditions out{.program_version = program_version,
                      .device_name = subject.device_name,
                      .pci_ids = pci_ids(machine, subject.pci_address),
                      .kind = kind,
                      .libraries = json::serialize(subject.libraries),
                      .c_library_version = machine.environment.c_library_version.value_or(""),
                      .drivers = {},
                      .cpu_features = machine.cpu.features.value_or({})};
    for (const KernelDriver& driver : machine.drivers.value_or({})) {
        out.drivers[driver.name] = driver.version.value_or("");
    }
    return out;
}

BitConditions bit_conditions(const Validation& validation) {
    const Subject& subject = validation.subject;
    return bit_conditions(validation.program_version, subject,
                          device_kind(validation.machine, subject), validation.machine);
}

RoundComparison compare_rounds(const std::vector<RoundDigest>& one,
                               const std::vector<RoundDigest>& other) {
    RoundComparison out;
    for (const RoundDigest& digest : one) {
        const auto same = std::ranges::find(other, digest.inputs, &RoundDigest::inputs);
        if (same == other.end()) {
            continue;
        }
        ++out.rounds;
        if (same->results != digest.results && !out.first_difference) {
            out.first_difference = digest.round;
        }
    }
    return out;
}

BitComparison compare_bits(const std::vector<Validation>& devices) {
    BitComparison out;
    std::set<std::int64_t> compared;
    for (const auto& [key, digested] : comparable(devices)) {
        const Answers answers = answers_of(digested);
        out.compared.rounds += answers.size();
        add_devices(answers, compared);
        std::ranges::move(differences(key.second, answers), std::back_inserter(out.differences));
    }
    out.compared.devices.assign(compared.begin(), compared.end());
    return out;
}

}  // namespace trilby::validate
