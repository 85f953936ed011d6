// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Finds what is wrong with a machine, with evidence and a fix. Changes nothing.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/probe.hpp>

namespace trilby {

/// From worst to mildest.
enum class Severity : std::uint8_t {
    blocks,    ///< something that the machine has cannot be used at all
    degrades,  ///< it works, but slower, less, or not always
    hint,      ///< worth knowing
};

/// "blocks", "degrades", "hint".
[[nodiscard]] TRILBY_API std::string_view severity_name(Severity severity);

/// Where a finding is fixed: in this system, which may be a container's, or only on the host.
enum class Place : std::uint8_t { here, host };

/// "here", "host".
[[nodiscard]] TRILBY_API std::string_view place_name(Place place);

struct Finding {
    std::string id;      ///< stable: "TRL-N001"
    std::string family;  ///< "nvidia", "amd", "intel", "container", "cpu", "system"
    Severity severity = Severity::hint;
    std::string title;                  ///< one sentence
    std::vector<std::string> evidence;  ///< what was found, with its path
    std::string why;                    ///< one sentence: what it means for the user
    std::vector<std::string> remedy;    ///< commands and sentences for this system, in order
    Place place = Place::here;
};

/// Whether a step of a remedy is a command that works as pasted. Other steps are sentences, which
/// end with a full stop or a colon.
[[nodiscard]] TRILBY_API bool is_command(std::string_view step);

/// Facts that conditions depend on and that could not be read.
struct UnreadFacts {
    std::string name;                   ///< "PCI devices"
    std::string reason;                 ///< "/sys/bus/pci/devices does not exist"
    std::vector<std::string> families;  ///< whose conditions may therefore be overlooked
};

struct Diagnosis {
    /// The one to fix first comes first. Findings that another one explains are in `consequences`.
    std::vector<Finding> findings;
    std::vector<Finding> consequences;  ///< go away with the findings that cause them
    std::vector<UnreadFacts> unread;

    [[nodiscard]] TRILBY_API bool is_blocked() const;
};

/// Compares a machine with every known condition. Pure.
[[nodiscard]] TRILBY_API Diagnosis diagnose(const Machine& machine);

/// The documentation of a known condition.
struct Explanation {
    std::string id;
    std::string family;
    Severity severity = Severity::hint;
    std::string title;
    std::string why;
    std::string details;  ///< paragraphs, separated by an empty line
    struct SystemRemedy {
        std::string system;  ///< "Fedora, Nobara", "Toolbx", "Any system"
        std::vector<std::string> steps;
    };
    std::vector<SystemRemedy> remedies;
};

struct ConditionFamily {
    std::string_view name;
    std::size_t conditions = 0;  ///< how many it has
};

/// The families of the known conditions, by name.
[[nodiscard]] TRILBY_API std::vector<ConditionFamily> known_families();

/// Every known condition, in the order of their ids.
[[nodiscard]] TRILBY_API std::vector<Explanation> known_conditions();

/// Whether the condition with this id is about an installed LibTorch, so that the device may work
/// with another one.
[[nodiscard]] TRILBY_API bool concerns_libtorch(std::string_view id);

}  // namespace trilby
