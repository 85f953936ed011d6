// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The user's and the system's settings, docs/configuration.md.

#pragma once

#include <optional>
#include <string>

#include <trilby/result.hpp>
#include <trilby/selection.hpp>

namespace trilby::cli {

struct Configuration {
    std::optional<BackendOverride> backend;
};

/// What the user's file leaves open, the system's says; neither needs to exist.
[[nodiscard]] Result<Configuration> read_configuration();

/// The backend that is wanted instead of the best one: `option` of the command line goes before
/// TRILBY_BACKEND, and that before the configuration.
[[nodiscard]] Result<std::optional<BackendOverride>> wanted_backend(
    const std::optional<std::string>& option);

}  // namespace trilby::cli
