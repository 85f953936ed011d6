// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A known condition: a pure function of the facts that detects it, and what it means. Its page in
/// src/doctor/pages/ has the title, the explanation and the steps that fix it.

#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/short_list.hpp"
#include "doctor/facts.hpp"
#include "doctor/page_ids.hpp"
#include "doctor/values.hpp"
#include "machine/watched.hpp"
#include <trilby/doctor.hpp>

namespace trilby::doctor {

/// The lines of evidence, each with its path; nothing if the machine does not have the condition.
/// An unknown fact never leads to a finding.
using Evidence = std::optional<std::vector<std::string>>;

/// The id of a condition. An id without a page in src/doctor/pages/ does not compile.
struct ConditionId {
    std::string_view text;

    ConditionId() = default;
    consteval ConditionId(const char* id) : text(id) {
        if (std::ranges::find(page_ids, text) == std::end(page_ids)) {
            throw "src/doctor/pages/ has no page with this id";
        }
    }
};

struct Condition {
    ConditionId id;
    Severity severity;  ///< the highest severity; `weigh` may lower it
    Place place = Place::here;
    bool concerns_libtorch = false;  ///< with another LibTorch, the device may work
    /// Dropped if a condition is found that keeps the devices of its family from being used.
    bool is_fallback = false;
    /// Returns the severity on a machine; null if it is always `severity`.
    Severity (*weigh)(const Facts& facts) = nullptr;
    /// If one of these is found as well, this condition is listed as a consequence.
    ShortList<ConditionId, 12> causes = {};
    /// The names in machine/watched.hpp that `find` and `weigh` read.
    ShortList<watched::Name, 6> reads = {};
    Evidence (*find)(const Facts& facts);
    /// Returns what the marks in the page's steps stand for; null if the page has no marks. Reads
    /// no name that `find` does not read.
    Values (*values)(const Facts& facts) = nullptr;
};

struct Family {
    std::string_view name;
    std::span<const Condition> conditions;
};

/// All families, in the order in which a user should fix their conditions.
[[nodiscard]] std::span<const Family> families();

[[nodiscard]] std::span<const Condition> nvidia_module_conditions();
[[nodiscard]] std::span<const Condition> nvidia_driver_conditions();
[[nodiscard]] std::span<const Condition> nvidia_state_conditions();
[[nodiscard]] std::span<const Condition> nvidia_library_conditions();
[[nodiscard]] std::span<const Condition> nvidia_topology_conditions();
[[nodiscard]] std::span<const Condition> nvidia_toolkit_conditions();
[[nodiscard]] std::span<const Condition> nvidia_unusable_conditions();
[[nodiscard]] std::span<const Condition> amd_driver_conditions();
[[nodiscard]] std::span<const Condition> amd_compute_conditions();
[[nodiscard]] std::span<const Condition> amd_memory_conditions();
[[nodiscard]] std::span<const Condition> amd_environment_conditions();
[[nodiscard]] std::span<const Condition> amd_library_conditions();
[[nodiscard]] std::span<const Condition> amd_unusable_conditions();
[[nodiscard]] std::span<const Condition> intel_conditions();
[[nodiscard]] std::span<const Condition> container_boundary_conditions();
[[nodiscard]] std::span<const Condition> container_host_conditions();
[[nodiscard]] std::span<const Condition> container_inside_conditions();
[[nodiscard]] std::span<const Condition> cpu_conditions();
[[nodiscard]] std::span<const Condition> pci_conditions();
[[nodiscard]] std::span<const Condition> system_conditions();

}  // namespace trilby::doctor
