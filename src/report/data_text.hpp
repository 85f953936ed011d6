// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "data/summary.hpp"
#include "report/layout.hpp"

namespace trilby::report {

/// What `trilby data show` prints: one line for the whole, then one for each column or class.
[[nodiscard]] SafeText to_text(const data::DataSummary& summary, const Style& style);

}  // namespace trilby::report
