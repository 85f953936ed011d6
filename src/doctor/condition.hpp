// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A known condition: text and remedy as data, and a pure function of the facts that detects it.

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
#include "machine/watched.hpp"
#include <trilby/doctor.hpp>

namespace trilby::doctor {

/// The lines of evidence, each with its path; nothing if the machine does not have the condition.
/// An unknown fact never leads to a finding.
using Evidence = std::optional<std::vector<std::string>>;

/// Steps, one on each line: a command, or a sentence that may end in one. `any` applies to systems
/// without steps of their own. In a container, the image's system selects the steps of a condition
/// that is fixed there. For a condition that is fixed on the host, the host's system selects them
/// if it is known; else the user is told to run Trilby on the host.
struct Remedy {
    std::string_view any = {};
    std::string_view fedora = {};
    std::string_view atomic = {};     ///< if empty, `fedora` applies
    std::string_view toolbx = {};     ///< takes precedence in Fedora's Toolbx and Distrobox
    std::string_view container = {};  ///< takes precedence in other containers
    std::string_view debian = {};
};

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
    std::string_view title;
    std::string_view why;
    Remedy remedy;
    Place place = Place::here;
    /// Returns the severity on a machine; null if it is always `severity`.
    Severity (*weigh)(const Facts& facts) = nullptr;
    /// If one of these is found as well, this condition is listed as a consequence.
    ShortList<ConditionId, 8> causes = {};
    /// The names in machine/watched.hpp that `find` and `weigh` read.
    ShortList<watched::Name, 5> reads = {};
    Evidence (*find)(const Facts& facts);
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
[[nodiscard]] std::span<const Condition> nvidia_toolkit_conditions();
[[nodiscard]] std::span<const Condition> amd_driver_conditions();
[[nodiscard]] std::span<const Condition> amd_compute_conditions();
[[nodiscard]] std::span<const Condition> amd_memory_conditions();
[[nodiscard]] std::span<const Condition> amd_environment_conditions();
[[nodiscard]] std::span<const Condition> amd_library_conditions();
[[nodiscard]] std::span<const Condition> container_boundary_conditions();
[[nodiscard]] std::span<const Condition> container_host_conditions();
[[nodiscard]] std::span<const Condition> container_inside_conditions();
[[nodiscard]] std::span<const Condition> cpu_conditions();
[[nodiscard]] std::span<const Condition> system_conditions();

/// The steps for this machine, one on each line.
[[nodiscard]] std::string remedy_for(const Condition& condition, const Facts& facts);

}  // namespace trilby::doctor
