// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions that NVIDIA's runtimes report, if they were asked.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

Evidence broken_by_suspend(const Facts& facts) {
    constexpr watched::Name suspends = watched::texts.suspend_count;
    const auto count = facts.text(suspends).parse(
        [](const std::string& text) { return parse_number<std::uint64_t>(text); });
    if (!has_answered(facts.machine, "cuda", "(CUDA error 999)") || count.value_or(0) == 0) {
        return std::nullopt;
    }
    return std::vector{quote_message(*runtime(facts.machine, "cuda")),
                       fmt::format("{}: suspended {} times since boot", suspends, *count)};
}

Evidence lost_card(const Facts& facts) {
    constexpr std::string_view is_lost = "(NVML error 15)";
    const Runtime* nvml = runtime(facts.machine, "nvml");
    if (nvml == nullptr) {
        return std::nullopt;
    }
    if (has_answered(facts.machine, "nvml", is_lost)) {
        return found(quote_message(*nvml));
    }
    for (const RuntimeDevice& device : nvml->devices.value_or({})) {
        if (device.problem.value_or("").find(is_lost) != std::string::npos) {
            return found(fmt::format("nvml: {}", printable(*device.problem, 256)));
        }
    }
    return std::nullopt;
}

Evidence memory_in_use(const Facts& facts) {
    const Runtime* nvml = runtime(facts.machine, "nvml");
    std::vector<std::string> lines;
    if (nvml != nullptr && nvml->devices) {
        for (const RuntimeDevice& device : *nvml->devices) {
            const std::uint64_t total = device.memory_total_bytes.value_or(0);
            const std::uint64_t used = device.memory_used_bytes.value_or(0);
            if (used > total / 2 && total > 0 && !device.is_partitioned.value_or(false)) {
                lines.push_back(fmt::format("nvml: {} MiB of {} MiB in use, {}", used >> 20,
                                            total >> 20,
                                            printable(device.name.value_or("a card"), 128)));
            }
        }
    }
    return lines.empty() ? std::nullopt : Evidence(lines);
}

constexpr std::array nvidia_state_table{
    Condition{.id = "TRL-N015",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N010", "TRL-N014", "TRL-N016"},
              .reads = {watched::texts.suspend_count},
              .find = broken_by_suspend},
    Condition{
        .id = "TRL-N016", .severity = Severity::blocks, .place = Place::host, .find = lost_card},
    Condition{.id = "TRL-N020", .severity = Severity::degrades, .find = memory_in_use},
};

}  // namespace

std::span<const Condition> nvidia_state_conditions() {
    return nvidia_state_table;
}

}  // namespace trilby::doctor
