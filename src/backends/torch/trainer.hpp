// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The training loop.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/common/backend.hpp"
#include "backends/torch/batches.hpp"
#include "backends/torch/network.hpp"
#include "backends/torch/optimizer.hpp"
#include "backends/torch/training_step.hpp"
#include "train/events.hpp"
#include "train/image_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

struct TrainingJob {
    train::Recipe recipe;
    std::vector<train::Shape> shapes;  ///< of the recipe's layers
    torch::Device device;
    std::filesystem::path checkpoint;  ///< written after every epoch and when cancelled
    bool resume = false;               ///< go on from that checkpoint
};

struct Evaluation {
    double loss = 0.0;
    double accuracy = 0.0;  ///< 0 to 1
};

class Trainer {
  public:
    /// `images` must outlive the trainer.
    Trainer(TrainingJob job, const train::MappedImages& images, const JobContext& context);

    /// Trains to the end and returns the result of docs/jobs.md. When cancelled it saves its state
    /// first, and returns ErrorCode::interrupted.
    [[nodiscard]] Result<json::object> run();

  private:
    using Clock = std::chrono::steady_clock;

    void report_start() const;
    Result<void> train_epoch();
    void train_step(std::span<const std::int64_t> indices);
    void report_progress(Clock::time_point epoch_start, std::int64_t first_step_of_epoch);
    void report_epoch(Clock::time_point epoch_start, std::int64_t first_step_of_epoch);
    [[nodiscard]] Evaluation evaluate(const ImageSet& images);
    [[nodiscard]] double mean_training_loss() const;

    Result<void> save() const;
    Result<void> restore();
    [[nodiscard]] NamedTensors state() const;
    [[nodiscard]] Result<json::object> stop_early() const;

    TrainingJob job_;
    const JobContext& context_;
    std::unique_ptr<Graph> graph_;  ///< before all that computes: it decides on which stream
    ImageSet training_;
    ImageSet validation_;
    ImageSet test_;
    Network network_;
    TrainingStep training_step_;
    Optimizer optimizer_;
    std::int64_t steps_per_epoch_;

    // The position of the run: with the tensors, all that a checkpoint needs.
    std::int64_t step_ = 0;     ///< steps done since the beginning of the run
    torch::Tensor epoch_loss_;  ///< sum over the epoch's images so far, on the device
    std::int64_t epoch_images_ = 0;
    double validation_accuracy_ = 0.0;
    std::vector<std::string> history_;  ///< the last epochs, as lines of metrics.jsonl
};

}  // namespace trilby::backends
