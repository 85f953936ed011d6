// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A condition that the doctor knows: text and remedy as data, and a pure function of the facts
/// that says whether a machine has it.

#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "probe/surroundings.hpp"
#include <trilby/doctor.hpp>
#include <trilby/probe.hpp>

namespace trilby::doctor {

/// Decides how things are installed.
enum class System : std::uint8_t { fedora, atomic, toolbx, debian, other };

[[nodiscard]] System system_of(const Machine& machine, const Surroundings& around);
[[nodiscard]] std::string_view system_name(System system);

struct Facts {
    const Machine& machine;
    const Surroundings& around;
    System system = System::other;
};

/// What was found, each with its path; nothing if the machine does not have the condition. What the
/// facts do not say is never a finding.
using Evidence = std::optional<std::vector<std::string>>;

/// Steps, one on each line: a command, or a sentence. Those of the system at hand, else `any`.
struct Remedy {
    std::string_view any = {};
    std::string_view fedora = {};
    std::string_view atomic = {};  ///< else those of Fedora
    std::string_view toolbx = {};
    std::string_view debian = {};
};

struct Condition {
    std::string_view id;
    Severity severity;
    std::string_view title;
    std::string_view why;
    std::string_view details;
    Remedy remedy;
    /// Ids of conditions that bring this one about: while one of them is found, this is not told.
    std::span<const std::string_view> causes = {};
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
[[nodiscard]] std::span<const Condition> container_host_conditions();
[[nodiscard]] std::span<const Condition> container_inside_conditions();
[[nodiscard]] std::span<const Condition> cpu_conditions();
[[nodiscard]] std::span<const Condition> system_conditions();

/// Pure.
[[nodiscard]] Diagnosis diagnose(const Facts& facts);

}  // namespace trilby::doctor
