// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Crashes that are a known defect of a library, and not of the device that is validated.

#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "machine/library_defects.hpp"
#include <trilby/probe.hpp>

namespace trilby::validate {

/// The defect that a check met. The check passes in an environment that avoids it.
struct LibraryBlame {
    std::string library;
    std::string version;
    std::string defect;
    std::string page;      ///< where the library's developers describe it
    std::string variable;  ///< of the environment; with `value`, it avoids the defect
    std::string value;
    std::string failure;  ///< of the check without it

    friend bool operator==(const LibraryBlame&, const LibraryBlame&) = default;
};

/// A defect of a library that the backend uses on this machine.
struct PresentDefect {
    LibraryDefect defect;
    std::string version;
};

/// The known defects that concern this machine with these versions of `libraries` (docs/jobs.md).
[[nodiscard]] std::vector<PresentDefect> present_defects(
    const Machine& machine, const json::object& libraries,
    std::span<const LibraryDefect> known = crashing_library_defects());

/// Whether the defect may have ended a worker during `operation`.
[[nodiscard]] bool explains(const LibraryDefect& defect, std::string_view operation);

[[nodiscard]] LibraryBlame blame(const PresentDefect& present, std::string failure);

}  // namespace trilby::validate
