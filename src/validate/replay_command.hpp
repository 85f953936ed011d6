// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "validate/run.hpp"

namespace trilby::validate {

/// The command that runs this check again.
[[nodiscard]] std::string replay_command(const PlannedCheck& planned, const RunOptions& options);

}  // namespace trilby::validate
