// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// An example is a window: `look_back` rows that the network sees, then `horizon` rows that it
/// forecasts.

#pragma once

#include <algorithm>
#include <cstdint>

#include "data/part.hpp"

namespace trilby::train::series {

/// The first rows of the windows of a part. A window forecasts only rows of the part, but may look
/// back into the rows before it.
[[nodiscard]] inline data::Range windows_of(const data::Range& rows, std::int64_t look_back,
                                            std::int64_t horizon) {
    const std::int64_t first = std::max<std::int64_t>(0, rows.first - look_back);
    return {first, std::max(first, rows.last - look_back - horizon + 1)};
}

}  // namespace trilby::train::series
