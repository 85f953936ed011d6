// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checks of validate/checks.def. Each runs rounds until its time is over, and is defined in
/// the file of its name; the build fails if one is missing, or if a file defines one without a row.

#pragma once

#include "backends/torch/checking/check_run.hpp"

namespace trilby::backends::checks {

#define TRILBY_CHECK_ROW(function, ...) void function(CheckRun& run);
#include "validate/checks.def"
#undef TRILBY_CHECK_ROW

}  // namespace trilby::backends::checks
