// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "scaffold/project.hpp"
#include <trilby/result.hpp>

namespace trilby::scaffold {

struct Ejected {
    std::vector<ProjectFile> files;
    std::string command;             ///< trains as the run did; in the project's folder
    std::vector<std::string> notes;  ///< what may differ from the run, one sentence each
};

/// The project `name` for a run of `trilby train`, whether it has ended or not. Reads its recipe,
/// and the precision in its checkpoint. ErrorCode::no_input for a folder that is not a run;
/// ErrorCode::bad_data if it is damaged, or if a program with its own network trained it.
[[nodiscard]] Result<Ejected> eject(const std::filesystem::path& run, const std::string& name);

}  // namespace trilby::scaffold
