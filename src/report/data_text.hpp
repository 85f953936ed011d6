// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

#include "data/summary.hpp"
#include "report/layout.hpp"

namespace trilby::report {

/// How many of many columns or classes are shown.
enum class Extent : std::uint8_t { few, all };

/// What `trilby data show` prints: one line for the whole, then one for each column or class.
[[nodiscard]] SafeText to_text(const data::DataSummary& summary, const Style& style,
                               Extent extent = Extent::few);

}  // namespace trilby::report
