// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The training loop.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/common/backend.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizer.hpp"
#include "backends/torch/task.hpp"
#include "backends/torch/training_step.hpp"
#include "train/checkpoint.hpp"
#include "train/events.hpp"
#include "train/example_order.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

struct TrainingJob {
    train::Recipe recipe;
    json::object schema;  ///< of the data, for the checkpoint
    torch::Device device;
    std::filesystem::path checkpoint;  ///< written after every epoch and when cancelled
    bool resume = false;               ///< go on from that checkpoint
};

class Trainer {
  public:
    /// Makes the task too. Its data must outlive the trainer.
    [[nodiscard]] static Result<std::unique_ptr<Trainer>> make(TrainingJob job,
                                                               const TaskData& data,
                                                               const JobContext& context);

    /// Trains to the end and returns the result of docs/jobs.md. When cancelled it saves its state
    /// first, and returns ErrorCode::interrupted.
    [[nodiscard]] Result<json::object> run();

  private:
    Trainer(TrainingJob job, std::unique_ptr<Graph> graph, std::unique_ptr<Task> task,
            const JobContext& context);

    using Clock = std::chrono::steady_clock;

    void report_start() const;
    Result<void> train_epoch();
    void train_step();
    void report_progress(double seconds) const;
    void report_epoch(double seconds);
    [[nodiscard]] train::Metrics evaluate(data::Part part);
    [[nodiscard]] double mean_training_loss() const;
    /// Of the current epoch, which has taken so long since it was started or resumed.
    [[nodiscard]] double units_per_second(double seconds) const;
    [[nodiscard]] std::int64_t total_steps() const;

    Result<void> save() const;
    Result<void> restore();
    [[nodiscard]] Result<void> check_unchanged(const train::Metadata& metadata) const;
    [[nodiscard]] NamedTensors state() const;
    [[nodiscard]] Result<json::object> stop_early() const;

    TrainingJob job_;
    const JobContext& context_;
    std::unique_ptr<Graph> graph_;
    std::unique_ptr<Task> task_;
    TrainingStep training_step_;
    Optimizer optimizer_;
    train::ExampleOrder order_;
    std::int64_t timed_examples_ = 0;  ///< of the current epoch, since it was started or resumed

    // The position of the run: with the tensors, all that a checkpoint needs.
    std::int64_t step_ = 0;     ///< steps done since the beginning of the run
    torch::Tensor epoch_loss_;  ///< sum over the epoch's examples so far, on the device
    std::int64_t epoch_examples_ = 0;
    train::Metrics validation_;         ///< of the last epoch
    std::vector<std::string> history_;  ///< the last epochs, as lines of metrics.jsonl
};

}  // namespace trilby::backends
