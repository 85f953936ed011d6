// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "report/layout.hpp"

namespace trilby::cli {

/// The style that standard output supports.
[[nodiscard]] report::Style output_style();

}  // namespace trilby::cli
