// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What `trilby new` and `trilby eject` print after they have written a project.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scaffold/project.hpp"

namespace trilby::cli {

/// Its files and the commands that build it, then `training`, which are in its folder too. If the
/// files that are needed to build are not installed, also the package that has them.
void print_project(const std::filesystem::path& folder,
                   const std::vector<scaffold::ProjectFile>& files,
                   const std::vector<std::string>& training);

}  // namespace trilby::cli
