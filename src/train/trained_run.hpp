// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A run whose checkpoint can be used.

#pragma once

#include <filesystem>
#include <string>

#include "base/json.hpp"
#include "train/events.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/session.hpp"
#include "train/shared_arrays.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The checkpoint in the folder of a run, or `path` itself if it is not a folder.
/// ErrorCode::no_input if it does not exist.
[[nodiscard]] Result<std::filesystem::path> checkpoint_at(const std::filesystem::path& path);

/// All that is needed to compute with a trained network is in its checkpoint.
struct TrainedRun {
    std::filesystem::path checkpoint;
    Recipe recipe;
    json::object schema;      ///< of the data that it was trained on
    std::string schema_text;  ///< the same to the last digit, which reading JSON does not keep

    /// `path` is the folder of a run, or a checkpoint. ErrorCode::no_input if there is no
    /// checkpoint; ErrorCode::bad_data if it is damaged.
    [[nodiscard]] static Result<TrainedRun> open(const std::filesystem::path& path);
    /// The same for a run whose network may be that of a program.
    [[nodiscard]] static Result<TrainedRun> open_any(const std::filesystem::path& path);
};

struct Outputs {
    SharedArrays arrays;      ///< "outputs": examples x numbers, f32
    PredictionResult result;  ///< with metrics if the data have targets

    [[nodiscard]] std::span<const float> numbers() const {
        return arrays.elements<float>("outputs");
    }
};

/// The network's outputs for the test part of `data`. Fills and seals their arrays.
[[nodiscard]] worker::Answer<Outputs> compute_outputs(const TrainedRun& run, PreparedData& data,
                                                      const SessionOptions& options);

}  // namespace trilby::train
