// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The rows of `trilby probe` about installed LibTorchs.

#pragma once

#include <string>

#include "report/layout.hpp"
#include <trilby/probe.hpp>

namespace trilby::report {

/// One row for each, or one row if there is none.
[[nodiscard]] SafeText libtorch_rows(const Machine& machine, const Style& style);

}  // namespace trilby::report
