// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// LibTorch tensors to and from checkpoint files.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "backends/torch/named_tensors.hpp"
#include "train/checkpoint.hpp"
#include "train/early_stopping.hpp"
#include "train/loss_record.hpp"
#include "train/metrics.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// The type that is called "F32" and so on; nothing for one that checkpoints do not have.
[[nodiscard]] std::optional<torch::ScalarType> type_named(std::string_view name);

/// ErrorCode::bad_data for a type that checkpoints do not have.
[[nodiscard]] Result<void> check_types(const NamedTensors& tensors);

/// Tensors of any device, to be written.
struct HostTensors {
    std::vector<torch::Tensor> tensors;  ///< whose bytes are in the views
    std::vector<train::TensorView> views;

    /// The errors are those of check_types().
    [[nodiscard]] static Result<HostTensors> of(const NamedTensors& tensors);
};

/// Writes tensors of any device.
[[nodiscard]] Result<void> save_tensors(const std::filesystem::path& path,
                                        const NamedTensors& tensors,
                                        const train::Metadata& metadata);

/// Copies the values of the checkpoint in `file` into `tensors`, which it must match in names,
/// types and shapes.
[[nodiscard]] Result<void> copy_tensors(const train::Checkpoint& checkpoint,
                                        const std::filesystem::path& file,
                                        const NamedTensors& tensors);

/// Copies the weights of a checkpoint that are meant for use into a network's state: the best ones,
/// else their average, else the last ones.
[[nodiscard]] Result<void> load_weights(const std::filesystem::path& path,
                                        const NamedTensors& network);

/// The position of a run in its checkpoint.
struct RunPosition {
    std::int64_t step = 0;
    train::LossRecord epoch_loss = {};  ///< of the current epoch
    train::Metrics validation = {};     ///< of the last epoch
    train::BestEpoch best = {};
};
/// Numbers as text that reads back the same.
[[nodiscard]] train::Metadata to_metadata(const RunPosition& position);
[[nodiscard]] Result<RunPosition> read_position(const train::Metadata& metadata,
                                                const std::filesystem::path& path);

}  // namespace trilby::backends
