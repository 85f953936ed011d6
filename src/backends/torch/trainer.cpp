// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/trainer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/runtime.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "train/events.hpp"
#include "train/schedule.hpp"

namespace trilby::backends {
namespace {

// More than the events that `trilby` can have left unread in the worker's socket.
constexpr std::size_t history_limit = 1000;
constexpr auto progress_interval = std::chrono::milliseconds(200);

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::int64_t count_parameters(const torch::nn::Module& network) {
    std::int64_t parameters = 0;
    for (const torch::Tensor& tensor : network.parameters()) {
        parameters += tensor.numel();
    }
    return parameters;
}

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::make(TrainingJob job, const TaskData& data,
                                               const JobContext& context) {
    // Before all that computes: it decides on which stream that is.
    std::unique_ptr<Graph> graph = make_graph(job.device);
    TRILBY_TRY(task, make_task(job.recipe, data, job.device));
    if (task->count(data::Part::training) < 1) {
        return failure(ErrorCode::bad_data, "the data have no examples to train on");
    }
    return std::unique_ptr<Trainer>(
        new Trainer(std::move(job), std::move(graph), std::move(task), context));
}

Trainer::Trainer(TrainingJob job, std::unique_ptr<Graph> graph, std::unique_ptr<Task> task,
                 const JobContext& context)
    : job_(std::move(job)),
      context_(context),
      graph_(std::move(graph)),
      task_(std::move(task)),
      training_step_(*task_, job_.recipe.training.batch_size, graph_.get()),
      optimizer_(job_.recipe.optimizer, task_->network().parameters()),
      order_(job_.recipe.training, task_->count(data::Part::training)),
      epoch_loss_(torch::zeros({}, torch::TensorOptions(torch::kFloat64).device(job_.device))) {}

Result<json::object> Trainer::run() {
    if (job_.resume) {
        TRILBY_CHECK(restore());
    }
    report_start();
    const auto start = Clock::now();
    while (step_ < total_steps()) {
        TRILBY_CHECK(train_epoch());
        if (context_.is_cancelled()) {
            return stop_early();
        }
        TRILBY_CHECK(save());
    }
    return to_json(train::TrainingResult{.epochs = job_.recipe.training.epochs,
                                         .steps = step_,
                                         .seconds = seconds_since(start),
                                         .metric = std::string(task_->metric()),
                                         .validation = validation_,
                                         .test = evaluate(data::Part::test),
                                         .test_examples = task_->count(data::Part::test),
                                         .checkpoint = job_.checkpoint.string(),
                                         .graph = {training_step_.describe_graph()}});
}

void Trainer::report_start() const {
    context_.event(
        to_json(train::StartEvent{.libraries = describe_libraries(),
                                  .parameters = count_parameters(task_->network()),
                                  .metric = std::string(task_->metric()),
                                  .unit = std::string(task_->unit()),
                                  .training_examples = task_->count(data::Part::training),
                                  .validation_examples = task_->count(data::Part::validation),
                                  .test_examples = task_->count(data::Part::test),
                                  .steps_per_epoch = order_.steps_per_epoch(),
                                  .epochs = job_.recipe.training.epochs,
                                  .step = step_,
                                  .history = history_}));
}

/// Trains from the current step to the end of its epoch, or until cancelled.
Result<void> Trainer::train_epoch() {
    const std::int64_t epoch = step_ / order_.steps_per_epoch();
    timed_examples_ = 0;
    const auto start = Clock::now();
    std::optional<Clock::time_point> last_report;
    task_->network().train();
    while (step_ < (epoch + 1) * order_.steps_per_epoch()) {
        if (context_.is_cancelled()) {  // not after the last step: the epoch must be reported
            return {};
        }
        train_step();
        if (!last_report || Clock::now() - *last_report >= progress_interval) {
            report_progress(seconds_since(start));
            last_report = Clock::now();
        }
    }
    if (!std::isfinite(mean_training_loss())) {
        return failure(
            ErrorCode::failed,
            fmt::format("the training loss became {} in epoch {}", mean_training_loss(), epoch + 1),
            "lower the learning rate, or lengthen the warm-up");
    }
    report_epoch(seconds_since(start));
    epoch_loss_.zero_();
    epoch_examples_ = 0;
    return {};
}

void Trainer::train_step() {
    // Everything random in a step follows from its number: a resumed run repeats it exactly.
    const std::uint64_t seed = train::step_seed(job_.recipe.training.seed, step_);
    const std::vector<std::int64_t> examples = order_.examples_of(step_);
    const Gradients gradients = training_step_.compute(task_->batch(examples, seed), seed);
    optimizer_.step(gradients.parameters,
                    train::learning_rate_at(job_.recipe, step_, order_.steps_per_epoch()));
    // Summed on the device: reading it every step would make a GPU wait.
    epoch_loss_.add_(gradients.loss.to(torch::kFloat64), static_cast<double>(examples.size()));
    epoch_examples_ += static_cast<std::int64_t>(examples.size());
    timed_examples_ += static_cast<std::int64_t>(examples.size());
    ++step_;
}

double Trainer::units_per_second(double seconds) const {
    return static_cast<double>(timed_examples_ * task_->units_per_example()) / seconds;
}

void Trainer::report_progress(double seconds) const {
    context_.event(to_json(train::ProgressEvent{.step = step_,
                                                .training_loss = {mean_training_loss()},
                                                .units_per_second = units_per_second(seconds)}));
}

void Trainer::report_epoch(double seconds) {
    validation_ = evaluate(data::Part::validation);
    const std::int64_t steps_per_epoch = order_.steps_per_epoch();
    const train::EpochEvent event{
        .epoch = step_ / steps_per_epoch,
        .step = step_,
        .training_loss = mean_training_loss(),
        .validation = validation_,
        .learning_rate = train::learning_rate_at(job_.recipe, step_ - 1, steps_per_epoch),
        .units_per_second = {units_per_second(seconds)},
        .seconds = {seconds}};
    context_.event(to_json(event));
    history_.push_back(train::history_line(event));
    if (history_.size() > history_limit) {
        history_.erase(history_.begin());
    }
}

/// Empty for a part without examples.
train::Metrics Trainer::evaluate(data::Part part) {
    if (task_->count(part) == 0) {
        return {};
    }
    const torch::NoGradGuard no_grad;
    task_->network().eval();
    return task_->evaluate(part);
}

double Trainer::mean_training_loss() const {
    return epoch_loss_.item<double>() /
           static_cast<double>(std::max<std::int64_t>(1, epoch_examples_));
}

std::int64_t Trainer::total_steps() const {
    return job_.recipe.training.epochs * order_.steps_per_epoch();
}

Result<void> Trainer::save() const {
    train::Metadata metadata = to_metadata({step_, epoch_examples_, validation_});
    metadata["trilby.recipe"] = train::to_toml(job_.recipe);
    metadata["trilby.schema"] = json::serialize(job_.schema);
    metadata["trilby.history"] = fmt::format("{}", fmt::join(history_, "\n"));
    return save_tensors(job_.checkpoint, state(), metadata);
}

Result<void> Trainer::restore() {
    TRILBY_TRY(metadata, load_tensors(job_.checkpoint, state()));
    TRILBY_TRY(position, read_position(metadata, job_.checkpoint));
    TRILBY_CHECK(check_unchanged(metadata));
    const std::int64_t most_examples = order_.steps_per_epoch() * job_.recipe.training.batch_size;
    if (position.step > total_steps() || position.epoch_examples > most_examples) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("checkpoint '{}' is at step {} and example {} of its epoch; the run "
                        "has {} steps and {} examples",
                        job_.checkpoint.string(), position.step, position.epoch_examples,
                        total_steps(), task_->count(data::Part::training)),
            "restart the run, or resume from a copy");
    }
    if (const auto history = metadata.find("trilby.history"); history != metadata.end()) {
        const auto lines = split_lines(history->second);
        history_.assign(lines.begin(), lines.end());
    }
    step_ = position.step;
    epoch_examples_ = position.epoch_examples;
    validation_ = std::move(position.validation);
    optimizer_.set_steps(step_);
    return {};
}

/// Recipe and data must be those of the checkpoint.
Result<void> Trainer::check_unchanged(const train::Metadata& metadata) const {
    const auto is_same = [&](const char* key, const std::string& now) {
        const auto then = metadata.find(key);
        return then != metadata.end() && then->second == now;
    };
    if (!is_same("trilby.recipe", train::to_toml(job_.recipe))) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the recipe beside checkpoint '{}' was changed after the start of the run",
                        job_.checkpoint.string()),
            "undo the changes, or start a new run with the changed recipe");
    }
    if (!is_same("trilby.schema", json::serialize(job_.schema))) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the data of checkpoint '{}' were changed after the start of "
                                   "the run",
                                   job_.checkpoint.string()),
                       "bring the old data back, or start a new run with the new data");
    }
    return {};
}

NamedTensors Trainer::state() const {
    NamedTensors tensors;
    for (auto& [name, tensor] : state_of(task_->network())) {
        tensors.emplace_back("model." + name, tensor);
    }
    for (auto& [name, tensor] : optimizer_.state()) {
        tensors.emplace_back("optimizer." + name, tensor);
    }
    tensors.emplace_back("training.epoch_loss", epoch_loss_);
    return tensors;
}

Result<json::object> Trainer::stop_early() const {
    TRILBY_CHECK(save());
    return failure(
        ErrorCode::interrupted,
        fmt::format("stopped after step {} of {}; the checkpoint is saved", step_, total_steps()));
}

}  // namespace trilby::backends
