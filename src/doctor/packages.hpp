// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The packages that the doctor suggests to install.

#pragma once

#include <span>
#include <string_view>

#include "machine/systems.hpp"

namespace trilby::doctor {

struct Package {
    std::string_view software;  ///< the name in {{install ...}}
    System system;
    std::string_view packages;  ///< separated by spaces
    std::string_view seen;      ///< the release in which the packages were seen
};

[[nodiscard]] std::span<const Package> known_packages();

/// The packages of a software for a system or for the closest base of it; null if unknown.
[[nodiscard]] const Package* find_package(std::string_view software, System system);

}  // namespace trilby::doctor
