// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a machine, how that is known, and what mends it. Nothing is ever changed.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/probe.hpp>

namespace trilby {

enum class Severity : std::uint8_t {
    blocks,    ///< something that the machine has cannot be used at all
    degrades,  ///< it works, but slower, less, or not always
    hint,      ///< worth knowing
};

/// "blocks", "degrades", "hint".
[[nodiscard]] TRILBY_API std::string_view severity_name(Severity severity);

/// Where a finding is mended: in this system, be it a container's, or on the host alone.
enum class Place : std::uint8_t { here, host };

/// "here", "host".
[[nodiscard]] TRILBY_API std::string_view place_name(Place place);

struct Finding {
    std::string id;      ///< stable: "TRL-N001"
    std::string family;  ///< "nvidia", "amd", "intel", "container", "cpu", "system"
    Severity severity = Severity::hint;
    std::string title;                  ///< one sentence
    std::vector<std::string> evidence;  ///< what was found, with its path
    std::string why;                    ///< one sentence: what it does to the user
    std::vector<std::string> remedy;    ///< commands and sentences for this system, in order
    Place place = Place::here;
};

struct Diagnosis {
    /// The one to mend first comes first. Of a chain of causes only the first is here.
    std::vector<Finding> findings;
    std::vector<Finding> consequences;  ///< left out: they go away with what causes them

    [[nodiscard]] TRILBY_API bool is_blocked() const;
};

/// Probes, and compares what was found with every known condition.
[[nodiscard]] TRILBY_API Diagnosis examine(const ProbeOptions& options = {});

/// A known condition, as its documentation tells it.
struct Explanation {
    std::string id;
    std::string family;
    Severity severity = Severity::hint;
    std::string title;
    std::string why;
    std::string details;  ///< paragraphs, with an empty line between them
    struct SystemRemedy {
        std::string system;  ///< "Fedora", "Fedora Atomic", "Toolbx", "Debian", "any system"
        std::vector<std::string> steps;
    };
    std::vector<SystemRemedy> remedies;
};

/// Every known condition, in the order of their ids.
[[nodiscard]] TRILBY_API std::vector<Explanation> known_conditions();

}  // namespace trilby
