// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Removes a run, but nothing else.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

struct RunRemoval {
    std::filesystem::path folder;
    std::vector<std::string> files;  ///< the names of the files that Trilby wrote
    std::vector<std::string> kept;   ///< the names of everything else; if any, the folder stays
    std::uint64_t size_bytes = 0;    ///< what is free afterwards
};

/// What remove_run() would do. ErrorCode::no_input for a folder that is not a run or is reached
/// through a link, and ErrorCode::cannot_create for a run that is being trained.
[[nodiscard]] Result<RunRemoval> plan_removal(const std::filesystem::path& folder);

/// Removes the files of a run, then its folder if it is empty. Holds the lock of the run meanwhile,
/// so that it cannot be resumed.
[[nodiscard]] Result<RunRemoval> remove_run(const std::filesystem::path& folder);

}  // namespace trilby::train
