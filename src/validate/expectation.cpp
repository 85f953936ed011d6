// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/expectation.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

#include "validate/device_kind.hpp"

namespace trilby::validate {
namespace {

// Shares of the peak that healthy hardware reaches: low enough that a busy machine passes, and high
// enough that a slow library or a link of half its width fails.
constexpr double least_of_cpu = 0.1;
constexpr double least_of_gpu = 0.3;
constexpr double least_of_gpu_memory = 0.5;
constexpr double least_of_link = 0.4;
// Clocks are read while they move.
constexpr double tolerance_of_clock = 2;

/// Operations on float32 in one cycle of one core.
struct InstructionSet {
    std::string_view feature;
    double operations;       ///< of the units that Linux reports
    double most_operations;  ///< of the widest design with that instruction set
};

constexpr std::array instruction_sets{
    InstructionSet{"avx512f", 32, 64}, InstructionSet{"avx2", 32, 32},
    InstructionSet{"sve", 16, 64}, InstructionSet{"asimd", 16, 32}, InstructionSet{"sse2", 8, 16}};

/// "2500 MHz", "3000 MHz (mean 2500 MHz)"
std::string clocks_text(double highest_mhz, double mean_mhz) {
    const std::string highest = fmt::format("{:.0f}", highest_mhz);
    const std::string mean = fmt::format("{:.0f}", mean_mhz);
    return highest == mean ? highest + " MHz" : fmt::format("{} MHz (mean {} MHz)", highest, mean);
}

/// The highest clock limits what is possible. The mean, which idle CPUs lower, limits what must be
/// reached: not all CPUs together run as fast as the fastest one.
void add_cpu(std::vector<Expectation>& out, const Machine& machine, const Subject& subject,
             const LoadedClocks& clocks) {
    const std::vector<std::string> features = machine.cpu.features.value_or({});
    const auto found = std::ranges::find_if(instruction_sets, [&](const InstructionSet& set) {
        return std::ranges::find(features, set.feature) != features.end();
    });
    if (found == instruction_sets.end() || !machine.cpu.usable_cpus) {
        return;
    }
    const auto cpus =
        static_cast<double>(std::min<std::int64_t>(*machine.cpu.usable_cpus, subject.threads));
    const double highest = *clocks.clock_mhz;
    const double mean = std::min(highest, clocks.mean_clock_mhz.value_or(highest));
    out.push_back(
        {quantities::matmul_float32, least_of_cpu * cpus * mean * 1e-3 * found->operations,
         tolerance_of_clock * cpus * highest * 1e-3 * found->most_operations,
         fmt::format("{} CPUs at {} with {}", cpus, clocks_text(highest, mean), found->feature)});
}

/// The most that `operations` per cycle allow at the clock that the card reports, if it does.
std::optional<double> most_by_clock(double operations, const LoadedClocks& clocks) {
    return clocks.clock_mhz
               ? std::optional(tolerance_of_clock * operations * *clocks.clock_mhz * 1e-3)
               : std::nullopt;
}

void add_kfd_node(std::vector<Expectation>& out, const KfdNode& node, const LoadedClocks& clocks) {
    constexpr double lanes = 64;  // of a compute unit
    constexpr double operations_per_lane = 2;
    constexpr double most_operations_per_lane = 4;  // of those that take two instructions at once
    if (node.compute_units && node.max_clock_mhz) {
        const double all_lanes = *node.compute_units * lanes;
        const double peak = all_lanes * operations_per_lane * *node.max_clock_mhz * 1e-3;
        out.push_back(
            {quantities::matmul_float32, least_of_gpu * peak,
             most_by_clock(all_lanes * most_operations_per_lane, clocks),
             fmt::format("{} compute units at {} MHz", *node.compute_units, *node.max_clock_mhz)});
    }
}

/// From the vendor's library: a fused multiply-add is two operations, and memory transfers twice
/// per cycle.
void add_vendor_limits(std::vector<Expectation>& out, const CardFacts& card,
                       const LoadedClocks& clocks) {
    if (card.cores && card.max_clock_mhz) {
        const double peak = 2 * *card.cores * *card.max_clock_mhz * 1e-3;
        out.push_back(
            {quantities::matmul_float32, least_of_gpu * peak,
             most_by_clock(2 * *card.cores, clocks),
             fmt::format("{:.0f} cores at {:.0f} MHz", *card.cores, *card.max_clock_mhz)});
    }
    if (card.memory_bus_bits && card.max_memory_clock_mhz) {
        const double peak = 2 * *card.memory_bus_bits / 8 * *card.max_memory_clock_mhz * 1e-3;
        out.push_back({quantities::triad, least_of_gpu_memory * peak, std::nullopt,
                       fmt::format("{:.0f} bits at {:.0f} MHz", *card.memory_bus_bits,
                                   *card.max_memory_clock_mhz)});
    }
}

/// The throughput of a link in GB/s without its encoding, which takes a fifth of PCIe 1 and 2.
double link_rate(double gigatransfers, std::uint32_t lanes) {
    constexpr double first_efficient_speed = 8;
    const double encoding = gigatransfers < first_efficient_speed ? 8.0 / 10 : 128.0 / 130;
    return gigatransfers * lanes * encoding / 8;
}

/// Uses the speed that the link had under load: cards slow it down while they idle, and a slot may
/// be slower than its card.
void add_link(std::vector<Expectation>& out, const PciLink& link, double gigatransfers) {
    if (!link.width) {
        return;
    }
    const double rate = link_rate(gigatransfers, *link.width);
    for (const Quantity& quantity : {quantities::to_device_pinned, quantities::to_host_pinned}) {
        out.push_back({quantity, least_of_link * rate, std::nullopt,
                       fmt::format("{} lanes of {:g} GT/s", *link.width, gigatransfers)});
    }
}

void add_card(std::vector<Expectation>& out, const Machine& machine, const Subject& subject,
              const LoadedClocks& clocks) {
    const std::string& address = subject.pci_address;
    const bool has_whole_link = !shares_its_card(machine, subject);
    const std::vector<KfdNode> nodes = machine.kfd_nodes.value_or({});
    const auto node = std::ranges::find_if(
        nodes, [&](const KfdNode& one) { return one.pci_address.value_or("") == address; });
    if (node != nodes.end()) {  // partitions of one card are alike
        add_kfd_node(out, *node, clocks);
    }
    for (const PciDevice& device : machine.pci_devices.value_or({})) {
        if (device.address == address && clocks.link_gt_per_s && has_whole_link) {
            add_link(out, device.link, *clocks.link_gt_per_s);
        }
    }
}

}  // namespace

std::vector<Expectation> expectations_of(const Machine& machine, const Subject& subject,
                                         const LoadedClocks& clocks) {
    std::vector<Expectation> out;
    if (!subject.pci_address.empty()) {
        add_card(out, machine, subject, clocks);
        add_vendor_limits(out, subject.card, clocks);
    } else if (clocks.clock_mhz) {
        add_cpu(out, machine, subject, clocks);
    }
    return out;
}

namespace {

Measurement* find_measurement(CheckReport& report, std::string_view name) {
    const auto found = std::ranges::find(report.measurements, name, &Measurement::name);
    return found == report.measurements.end() ? nullptr : &*found;
}

void judge(CheckReport& report, const Expectation& expectation, Measurement& found) {
    const std::string name(expectation.quantity.name);
    const std::string& unit = found.unit;
    found.least = expectation.least;
    found.basis = expectation.basis;
    const double reached = found.unshared.value_or(found.value);
    expect(report, reached >= expectation.least, name,
           fmt::format("at least {:.4g} {}: {}", expectation.least, unit, expectation.basis),
           fmt::format("{:.4g} {}", reached, unit));
    if (expectation.most) {
        expect(report, found.value <= *expectation.most, name + ", by the clock",
               fmt::format("at most {:.4g} {}: {}, as the device reports", *expectation.most, unit,
                           expectation.basis),
               fmt::format("{:.4g} {}", found.value, unit));
    }
}

}  // namespace

void judge(CheckReport& report, const std::vector<Expectation>& expectations) {
    for (const Expectation& expectation : expectations) {
        if (Measurement* found = find_measurement(report, expectation.quantity.name)) {
            judge(report, expectation, *found);
        }
    }
}

}  // namespace trilby::validate
