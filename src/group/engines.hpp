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

/// The name of the engine for processes of a launcher: MPI where only that finds them, the local
/// one on one machine, else Gloo, also where a network is named.
[[nodiscard]] std::string engine_for(const Launched& launched);

/// The module of an engine. ErrorCode::unavailable if it is not in `folder`.
[[nodiscard]] Result<std::filesystem::path> find_engine(const std::filesystem::path& folder,
                                                        const std::string& name);

}  // namespace trilby::group
