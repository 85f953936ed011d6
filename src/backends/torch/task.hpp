// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is learned: the network, its batches, its loss, and how good it is. Each kind of data is a
/// folder here and one in src/train/.

#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <torch/torch.h>
#include <vector>

#include "base/json.hpp"
#include "data/part.hpp"
#include "train/events.hpp"
#include "train/example_order.hpp"
#include "train/metrics.hpp"
#include "train/read_ahead.hpp"
#include "train/recipe.hpp"
#include "train/shared_arrays.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Inputs and targets on the device. Their number, types and shapes, but for the number of
/// examples, are the same in all batches of a task, so that a step can be recorded as a graph.
using Batch = std::vector<torch::Tensor>;

/// A network of any class.
struct Network {
    std::shared_ptr<torch::nn::Module> module;
    /// Its outputs for the tensors of a batch without the targets.
    std::function<torch::Tensor(const Batch& inputs)> forward;
    /// ErrorCode::bad_data for inputs that it cannot take; empty: forward() throws.
    std::function<Result<void>(const Batch& inputs)> check_inputs = {};
    /// Whether it takes texts of the whole context only.
    bool has_fixed_context = false;
    /// What to do about outputs of another shape than the task's.
    std::string output_hint = "change the last layer of the network";
};

/// The mean loss of a batch, a scalar, from the network's outputs and the targets.
using LossFunction =
    std::function<torch::Tensor(const torch::Tensor& outputs, const torch::Tensor& targets)>;

/// Called after each batch of an evaluation, which may take long. An error ends the evaluation.
using AfterBatch = std::function<Result<void>()>;
/// The one that never ends it.
[[nodiscard]] inline Result<void> go_on() {
    return {};
}

/// What replaces the recipe's network and the task's loss: of a program, or an exported model.
struct OwnParts {
    Network network = {};    ///< no module: the recipe's
    LossFunction loss = {};  ///< empty: the task's
};

class Task {
  public:
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    virtual ~Task() = default;

    /// On the device, with weights that follow from the recipe's seed.
    [[nodiscard]] virtual torch::nn::Module& network() = 0;

    [[nodiscard]] const train::SharedArrays& arrays() const { return arrays_; }
    /// Which rows of the arrays the training examples first..last-1 are made from.
    [[nodiscard]] virtual std::vector<train::ArrayRows> rows_of(
        const data::Range& examples) const = 0;

    /// The number of examples in a part of the data.
    [[nodiscard]] virtual std::int64_t count(data::Part part) const = 0;
    /// The unit of the speed of training ("images", "tokens") and how many an example has.
    [[nodiscard]] virtual std::string_view unit() const = 0;
    [[nodiscard]] virtual std::int64_t units_per_example() const { return 1; }

    /// Training examples. All that is random follows from `seed`.
    [[nodiscard]] virtual Batch batch(std::span<const std::int64_t> examples,
                                      std::uint64_t seed) const = 0;
    /// The mean loss of a batch, a scalar. Computes the same operations for each batch of one size.
    [[nodiscard]] virtual torch::Tensor loss(const Batch& batch) = 0;

    /// What examples of each class count in loss(); nothing if all count the same.
    [[nodiscard]] virtual std::optional<std::vector<train::ClassWeight>> class_weights() const {
        return std::nullopt;
    }

    /// The metric that decides which weights are the best.
    [[nodiscard]] virtual std::string_view metric() const = 0;
    /// "loss", metric() and perhaps others, of all examples of a part. The network is in evaluation
    /// and gradients are off. The errors are those of `after_batch`.
    [[nodiscard]] virtual Result<train::Metrics> evaluate(data::Part part,
                                                          const AfterBatch& after_batch) = 0;
    /// The same without a way to end it.
    [[nodiscard]] train::Metrics evaluate(data::Part part);
    /// The output for the examples first..last-1 of a part, one row per example, float32: scores of
    /// classes as probabilities, values in their own unit, but those of a series standardized. As
    /// evaluate().
    [[nodiscard]] virtual torch::Tensor predict(data::Part part, std::int64_t first,
                                                std::int64_t last) = 0;
    /// Outputs of predict() with all values in their own unit; float64 for a series, because a
    /// float32 may not tell values apart that are far from 0.
    [[nodiscard]] virtual torch::Tensor in_own_units(const torch::Tensor& outputs) const {
        return outputs;
    }

  protected:
    /// `arrays` must outlive the task.
    explicit Task(const train::SharedArrays& arrays) : arrays_(arrays) {}

  private:
    const train::SharedArrays& arrays_;
};

/// The order in which steps see the task's training examples.
[[nodiscard]] train::ExampleOrder order_of(const Task& task, const train::LoopSettings& settings);

/// What a task is made from. The arrays must outlive it.
struct TaskData {
    const json::object& schema;
    const data::Parts& parts;
    const train::SharedArrays& arrays;
};

/// ErrorCode::bad_data if recipe, schema, parts and arrays do not fit each other, or if they do not
/// fit the program's own network.
[[nodiscard]] Result<std::unique_ptr<Task>> make_task(const train::Recipe& recipe,
                                                      const TaskData& data,
                                                      const torch::Device& device,
                                                      const OwnParts& own = {});

/// ErrorCode::bad_data for a task without training examples.
[[nodiscard]] Result<void> require_examples(const Task& task);

inline constexpr std::int64_t any_size = 0;

/// Computes the outputs of `network` for a few training examples. ErrorCode::bad_data if they do
/// not have one of the shapes, in which -1 is the number of examples and any_size any number.
/// `meaning` says what the network must give.
[[nodiscard]] Result<void> check_outputs(const Task& task, const Network& network,
                                         const std::vector<std::vector<std::int64_t>>& shapes,
                                         std::string_view meaning);

}  // namespace trilby::backends
