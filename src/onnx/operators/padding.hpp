// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace trilby::onnx {

/// The paddings of ONNX, with the same at the end of each axis as at its beginning.
[[nodiscard]] inline std::vector<std::int64_t> both_ends(std::vector<std::int64_t> padding) {
    const std::size_t axes = padding.size();
    for (std::size_t i = 0; i < axes; ++i) {
        padding.push_back(padding[i]);
    }
    return padding;
}

}  // namespace trilby::onnx
