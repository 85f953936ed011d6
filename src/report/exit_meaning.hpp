// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

#include <trilby/result.hpp>

namespace trilby::report {

/// The meaning of an exit code, for the manual; empty for a number that is not an ErrorCode.
[[nodiscard]] std::string_view exit_meaning(ErrorCode code);

}  // namespace trilby::report
