// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

#include "backends/torch/recorded/recorder.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// The calls of a network for batches of two sizes.
struct RecordedTwice {
    RecordedCalls calls;
    RecordedCalls other_calls;
    std::int64_t batch = 0;
    std::int64_t other_batch = 0;
};

/// One graph for batches of any size: numbers that differ are multiples of the size, which the
/// graph takes from its first input. ErrorCode::bad_data if they differ otherwise.
[[nodiscard]] Result<RecordedCalls> for_any_batch(RecordedTwice recorded);

}  // namespace trilby::backends
