// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Completions of the command line, as scripts of the shells.

#pragma once

#include <string>

#include "manual/manual.hpp"

namespace trilby::manual {

/// Needs nothing of the package bash-completion, which loads it by its name.
[[nodiscard]] std::string bash_completion(const Manual& manual);
[[nodiscard]] std::string zsh_completion(const Manual& manual);
[[nodiscard]] std::string fish_completion(const Manual& manual);

}  // namespace trilby::manual
