// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the last component of a symbolic link's target, the value of a link in sysfs.

#pragma once

#include <optional>
#include <string>

#include <trilby/observed.hpp>

namespace trilby::sources {

[[nodiscard]] inline Observed<std::string> link_name(const Observed<std::string>& target) {
    return target.parse([](const std::string& path) -> std::optional<std::string> {
        const std::string name = path.substr(path.rfind('/') + 1);
        return name.empty() ? std::nullopt : std::optional(name);
    });
}

}  // namespace trilby::sources
