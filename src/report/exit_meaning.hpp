// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

#include <trilby/result.hpp>

namespace trilby::report {

/// What an exit code tells, in the words of the manual; empty for a number that is no ErrorCode.
[[nodiscard]] std::string_view exit_meaning(ErrorCode code);

}  // namespace trilby::report
