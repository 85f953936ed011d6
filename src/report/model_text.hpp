// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "report/data_text.hpp"
#include "report/layout.hpp"
#include "tensors/summary.hpp"

namespace trilby::report {

/// What `trilby inspect` prints: one line for the whole, its types and metadata, and a table of
/// the tensors.
[[nodiscard]] SafeText to_text(const tensors::ModelSummary& summary, const Style& style,
                               Extent extent = Extent::few);

}  // namespace trilby::report
