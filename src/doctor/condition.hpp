// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A condition that the doctor knows: text and remedy as data, and a pure function of the facts
/// that says whether a machine has it.

#pragma once

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/short_list.hpp"
#include "doctor/page_ids.hpp"
#include "probe/environment/surroundings.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>

namespace trilby::doctor {

/// Decides how things are installed: in a container, those of its image.
enum class System : std::uint8_t { fedora, atomic, debian, other };

[[nodiscard]] System system_of(const Machine& machine, const Surroundings& around);
/// Of the host around a container; nothing if the container does not show it.
[[nodiscard]] std::optional<System> host_system_of(const Machine& machine);

struct Facts {
    const Machine& machine;
    const Surroundings& around;
    System system = System::other;
    std::optional<System> host_system = std::nullopt;
};

/// What was found, each with its path; nothing if the machine does not have the condition. What the
/// facts do not say is never a finding.
using Evidence = std::optional<std::vector<std::string>>;

/// Steps, one on each line: a command, or a sentence that may end in one. Those of the system at
/// hand, else `any`. Containers of Toolbx, Distrobox among them, and others go by the image's
/// system where a condition is mended in it, and are sent to the host where it is mended there,
/// with the steps of the host's system if that is known.
struct Remedy {
    std::string_view any = {};
    std::string_view fedora = {};
    std::string_view atomic = {};     ///< else those of Fedora
    std::string_view toolbx = {};     ///< goes first in Toolbx, where Fedora is what is mended
    std::string_view container = {};  ///< goes first in other containers
    std::string_view debian = {};
};

/// The id of a condition. One without a page in src/doctor/pages/ does not compile.
struct ConditionId {
    std::string_view text;

    ConditionId() = default;
    consteval ConditionId(const char* id) : text(id) {
        if (std::ranges::find(page_ids, text) == std::end(page_ids)) {
            throw "src/doctor/pages/ has no page of this id";
        }
    }
};

struct Condition {
    ConditionId id;
    Severity severity;  ///< unless `weigh` makes it less
    std::string_view title;
    std::string_view why;
    Remedy remedy;
    Place place = Place::here;
    /// How severe it is on a machine; null if it always is as above.
    Severity (*weigh)(const Facts& facts) = nullptr;
    /// Ids of conditions that bring this one about: while one of them is found, this is not told.
    ShortList<ConditionId, 8> causes = {};
    Evidence (*find)(const Facts& facts);
};

struct Family {
    std::string_view name;
    std::span<const Condition> conditions;
};

/// In the order in which a person should go through them.
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

/// The steps that are told on this machine, one on each line.
[[nodiscard]] std::string remedy_for(const Condition& condition, const Facts& facts);

/// Pure.
[[nodiscard]] Diagnosis diagnose(const Facts& facts);

}  // namespace trilby::doctor
