// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The training loop.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/common/backend.hpp"
#include "backends/torch/checkpoint_writer.hpp"
#include "backends/torch/epoch_loss.hpp"
#include "backends/torch/evaluated_weights.hpp"
#include "backends/torch/keep_alive.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/optimizers/optimizer.hpp"
#include "backends/torch/step_guard.hpp"
#include "backends/torch/task.hpp"
#include "backends/torch/training_group.hpp"
#include "backends/torch/training_step.hpp"
#include "train/checkpoint.hpp"
#include "train/divergence.hpp"
#include "train/events.hpp"
#include "train/example_order.hpp"
#include "train/read_ahead.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

struct TrainingJob {
    train::Recipe recipe;
    std::string schema;  ///< of the data, for the checkpoint
    torch::Device device;
    std::filesystem::path checkpoint;  ///< the newest
    bool resume = false;               ///< go on from it, or from one before
    train::Saving saving = {};
    std::optional<std::string> no_trial = {};  ///< of bfloat16: why not
    /// The run ends after the step at which so much time is over.
    std::optional<double> time_limit_s = {};
    OwnParts own = {};
    std::int64_t verify_every = 0;  ///< steps; 0: never
    /// Among the processes that train together; nothing: this one trains alone.
    std::optional<group::Place> place = {};
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

    /// Whether this process evaluates, reports and saves.
    [[nodiscard]] bool is_first() const { return !job_.place || job_.place->rank == 0; }
    void choose_precision();
    /// Waits for the other processes and gives them the state of the first one.
    Result<void> join_group();
    [[nodiscard]] Result<void> require_same_subject();
    void report_start();
    Result<void> train_epoch();
    Result<void> train_step();
    /// Computes and applies the gradients of a step; returns its loss.
    Result<torch::Tensor> take_step(const std::vector<std::int64_t>& examples);
    /// All tensors that a step changes.
    [[nodiscard]] NamedTensors changing_state() const;
    void report_progress(double seconds);
    void report_epoch(double seconds);
    /// False if the run was cancelled meanwhile.
    [[nodiscard]] Result<bool> validate();
    [[nodiscard]] Result<void> validate_for_all();
    [[nodiscard]] Result<train::Metrics> evaluate_for_all(data::Part part);
    [[nodiscard]] Result<void> await_evaluation();
    [[nodiscard]] Result<bool> share_evaluation(bool works);
    [[nodiscard]] Result<train::TrainingResult> test();
    [[nodiscard]] Result<train::Metrics> evaluate(data::Part part, const AfterBatch& after_batch);
    /// Whether the last step was that of an epoch that was not validated.
    [[nodiscard]] bool is_epoch_open();
    [[nodiscard]] std::int64_t epochs_done() const { return step_ / order_.steps_per_epoch(); }
    /// Counts the last epoch of a run whose time is over, though it may lack steps.
    [[nodiscard]] std::int64_t epochs_begun() const;
    [[nodiscard]] bool is_own_time_over() const;
    /// Whether the time is over; not before the first step. In a group, all processes agree on this
    /// and on is_cancelled().
    [[nodiscard]] bool is_time_over() const;
    [[nodiscard]] bool is_cancelled() const;
    [[nodiscard]] double learning_rate_at(std::int64_t step) const;
    /// ErrorCode::failed if a loss of the epoch is not finite. Waits for the device.
    Result<void> check_losses();
    [[nodiscard]] Result<void> check_state(const NamedTensors& tensors) const;
    [[nodiscard]] Result<void> check_result(const train::TrainingResult& result) const;
    /// `step` counts from 1.
    [[nodiscard]] train::Divergence divergence_at(std::int64_t step) const;
    /// The speed in the current epoch, which has taken `seconds` since it was started or resumed.
    [[nodiscard]] double units_per_second(double seconds) const;
    [[nodiscard]] std::int64_t total_steps() const;

    Result<void> save();
    Result<void> restore();
    /// Takes the tensors and the position from a checkpoint.
    Result<void> restore_from(const train::CheckpointSeries::Good& good);
    [[nodiscard]] train::Sharing sharing() const;
    /// All metadata of a checkpoint.
    [[nodiscard]] train::Metadata metadata();
    /// The position of the run, as a checkpoint has it.
    [[nodiscard]] train::Metadata position();
    Result<void> take_position(const train::Metadata& metadata, const std::filesystem::path& file);
    /// Gives the position of the first process to the others.
    Result<void> share_position();
    [[nodiscard]] std::optional<train::PrecisionUse> read_precision(
        const train::Metadata& metadata) const;
    /// Takes the order of the examples from the position.
    Result<void> take_shuffle(const train::Metadata& metadata, const std::filesystem::path& file);
    [[nodiscard]] Result<void> check_unchanged(const train::Metadata& metadata) const;
    /// Weights and the optimizer's state.
    [[nodiscard]] NamedTensors trained_state() const;
    [[nodiscard]] NamedTensors state() const;
    [[nodiscard]] Result<json::object> stop_early();
    /// The error of a cancelled run, whose checkpoint is saved.
    [[nodiscard]] std::unexpected<Error> stopped() const;

    TrainingJob job_;
    const JobContext& context_;
    KeepAlive keep_alive_;  ///< for evaluations
    std::unique_ptr<Graph> graph_;
    std::unique_ptr<Task> task_;
    TrainingStep training_step_;
    std::unique_ptr<Optimizer> optimizer_;
    train::ExampleOrder order_;
    train::ReadAhead read_ahead_;
    CheckpointWriter checkpoints_;
    std::optional<train::Resumption> resumption_;
    TrainingGroup group_;
    Wishes agreed_;                           ///< by the processes in the last step
    std::set<std::string> infinite_buffers_;  ///< by design: they were when run() began
    Clock::time_point start_;                 ///< of run()
    std::int64_t first_step_ = 0;             ///< of run()
    std::int64_t saved_step_ = 0;             ///< in the last checkpoint
    std::int64_t timed_examples_ = 0;  ///< of the current epoch, since it was started or resumed

    // The position of the run: with the tensors, all that a checkpoint needs.
    std::int64_t step_ = 0;  ///< steps done since the beginning of the run
    EpochLoss epoch_loss_;
    EvaluatedWeights evaluated_;
    StepGuard guard_;
    std::optional<train::PrecisionUse> precision_;  ///< nothing until it is chosen
    train::Metrics validation_;                     ///< of the last epoch
    std::vector<std::string> history_;              ///< the last epochs, as lines of metrics.jsonl
};

}  // namespace trilby::backends
