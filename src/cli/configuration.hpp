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

/// The settings of the user's file, else those of the system's. Either may be missing.
[[nodiscard]] Result<Configuration> read_configuration();

/// The requested backend: `option` of the command line, else TRILBY_BACKEND, else the one in the
/// configuration.
[[nodiscard]] Result<std::optional<BackendOverride>> wanted_backend(
    const std::optional<std::string>& option);

}  // namespace trilby::cli
