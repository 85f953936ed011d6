// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Records of TensorBoard's event files. A file is a TFRecord file of the protobuf messages Event
/// and Summary of TensorFlow.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace trilby::train {

struct Scalar {
    std::string tag;     ///< UTF-8: "loss/training"
    double value = 0.0;  ///< written as float32; may be NaN
};

/// The first record of a file.
[[nodiscard]] std::string version_record(double time_s);
/// `time_s` is in seconds since 1970.
[[nodiscard]] std::string scalar_record(double time_s, std::int64_t step,
                                        const std::vector<Scalar>& scalars);

}  // namespace trilby::train
