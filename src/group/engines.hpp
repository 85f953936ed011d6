// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The engines that carry what processes tell each other, and which of them serves a group.

#pragma once

#include <filesystem>
#include <string>

#include "group/launcher.hpp"
#include <trilby/result.hpp>

namespace trilby::group {

/// For processes that Trilby starts on this machine.
inline constexpr const char* local_engine = "shared-memory";

/// The name of the engine for the processes of a launcher: MPI if only MPI can find them; Gloo if
/// they are on several machines or a network is named; else the local one.
[[nodiscard]] std::string engine_for(const Launched& launched);

/// The module of an engine. ErrorCode::unavailable if it is not in `folder`.
[[nodiscard]] Result<std::filesystem::path> find_engine(const std::filesystem::path& folder,
                                                        const std::string& name);

}  // namespace trilby::group
