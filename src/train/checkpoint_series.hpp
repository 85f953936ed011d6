// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The checkpoints of a run: the newest, and some before it, which take its place if it is damaged.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "train/checkpoint.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

class CheckpointSeries {
  public:
    /// Keeps `count` checkpoints (1 to most_checkpoints): `newest`, and earlier ones in its folder.
    CheckpointSeries(std::filesystem::path newest, std::int64_t count)
        : newest_(std::move(newest)), count_(count) {}

    [[nodiscard]] const std::filesystem::path& newest() const { return newest_; }

    struct Good {
        Checkpoint checkpoint;
        std::filesystem::path file;
        std::vector<std::string> damage;  ///< of each newer one: why it could not be read
    };
    /// The newest checkpoint that can be read. The error is that of the newest if none can. The
    /// next write() replaces damaged ones before it gives up a good one.
    [[nodiscard]] Result<Good> read_newest_good();

    /// Writes a new checkpoint and keeps the one before. If this process is killed at any time, all
    /// earlier checkpoints are still there, or all but the oldest.
    [[nodiscard]] Result<void> write(std::span<const TensorView> tensors, const Metadata& metadata);

    /// ErrorCode::io if the file system has no room for as many checkpoints of this size.
    [[nodiscard]] Result<void> require_space(std::uint64_t bytes_each) const;

  private:
    [[nodiscard]] std::vector<std::filesystem::path> files() const;
    [[nodiscard]] Result<void> move_back() const;

    std::filesystem::path newest_;
    std::int64_t count_;
    bool is_newest_good_ = true;
};

/// The metadata of the newest checkpoint whose header can be read; empty if there is none.
[[nodiscard]] Metadata newest_metadata(const std::filesystem::path& newest);

/// Whether any checkpoint of the series exists.
[[nodiscard]] bool has_checkpoint(const std::filesystem::path& newest);

}  // namespace trilby::train
