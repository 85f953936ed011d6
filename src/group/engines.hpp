// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The engines that are installed.

#pragma once

#include <filesystem>
#include <string>

#include <trilby/result.hpp>

namespace trilby::group {

/// The module of the engine to use, of those in `folder`: `mpi` ("openmpi", "mpich") where only
/// that can find the processes, else Gloo. ErrorCode::unavailable if it is not installed.
[[nodiscard]] Result<std::filesystem::path> find_engine(const std::filesystem::path& folder,
                                                        const std::string& mpi);

}  // namespace trilby::group
