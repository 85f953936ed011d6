// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Writes the checkpoints of a run while it goes on.

#pragma once

#include <chrono>
#include <cstdint>
#include <future>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/named_tensors.hpp"
#include "train/checkpoint_series.hpp"
#include "train/saving.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

class CheckpointWriter {
  public:
    CheckpointWriter(std::filesystem::path newest, const train::Saving& saving);
    /// Waits for a checkpoint that was started.
    ~CheckpointWriter();
    CheckpointWriter(const CheckpointWriter&) = delete;
    CheckpointWriter& operator=(const CheckpointWriter&) = delete;

    /// ErrorCode::io if there is no room for the checkpoints of these tensors,
    /// ErrorCode::unavailable if they could not be read.
    [[nodiscard]] Result<void> require_space(const NamedTensors& tensors,
                                             const train::Metadata& metadata) const;
    [[nodiscard]] Result<train::CheckpointSeries::Good> read_newest_good() {
        return series_.read_newest_good();
    }

    /// Whether so much time has passed since the last checkpoint, or since the start.
    [[nodiscard]] bool is_due() const;
    /// Copies the tensors, which training may then change, and starts to write them. Waits for the
    /// checkpoint before, and returns its failure.
    [[nodiscard]] Result<void> start(const NamedTensors& tensors, train::Metadata metadata);
    /// Waits until the last checkpoint is on the disk.
    [[nodiscard]] Result<void> finish();

    [[nodiscard]] const train::SavingCost& cost() const { return cost_; }

  private:
    using Clock = std::chrono::steady_clock;

    /// The end of a write.
    struct Written {
        Result<void> result;
        double seconds = 0.0;
    };

    [[nodiscard]] Result<void> copy(const NamedTensors& tensors);
    [[nodiscard]] Result<void> wait();
    [[nodiscard]] Written write(const train::Metadata& metadata);

    train::CheckpointSeries series_;
    double interval_s_;
    Clock::time_point last_ = Clock::now();
    HostTensors copies_;  ///< the writing thread reads them
    train::SavingCost cost_;
    std::future<Written> writing_;
};

}  // namespace trilby::backends
