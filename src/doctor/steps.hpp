// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Selects the steps of a page for a system, and resolves the insertions in them.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/page.hpp"
#include "machine/systems.hpp"

namespace trilby::doctor {

using Steps = std::vector<std::string>;

/// The section of a page with this heading; null if it has none.
[[nodiscard]] const Section* find_section(const Page& page, std::string_view heading);

/// The section of a page for a system, or for the closest base of it; null if it has none.
[[nodiscard]] const Section* find_section(const Page& page, System system);

/// The steps of a section as commands and sentences for a system.
[[nodiscard]] Steps resolve(const Section& section, System system);

/// The resolved steps of a page for a system; empty if it has none.
[[nodiscard]] Steps steps_for(const Page& page, System system);

}  // namespace trilby::doctor
