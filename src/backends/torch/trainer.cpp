// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/trainer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/runtime.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "train/events.hpp"
#include "train/schedule.hpp"

namespace trilby::backends {
namespace {

namespace F = torch::nn::functional;

// More than the events that `trilby` can have left unread in the worker's socket.
constexpr std::size_t history_limit = 1000;
constexpr auto progress_interval = std::chrono::milliseconds(200);
constexpr std::int64_t evaluation_batch = 1000;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The first `wanted` images; all if it is 0.
ImageSet limited(const ImageSet& images, std::int64_t wanted) {
    return wanted == 0 ? images : images.slice(0, std::min(wanted, images.size()));
}

ImageSet training_part(const train::MappedImages& images, const TrainingJob& job) {
    const ImageSet all(images.training_images(), images.training_labels(), images.layout(),
                       job.device);
    const std::int64_t held_out = job.recipe.data.validation_examples;
    return limited(all.slice(0, all.size() - held_out), job.recipe.data.training_examples);
}

ImageSet validation_part(const train::MappedImages& images, const TrainingJob& job) {
    const ImageSet all(images.training_images(), images.training_labels(), images.layout(),
                       job.device);
    return all.slice(all.size() - job.recipe.data.validation_examples, all.size());
}

ImageSet test_part(const train::MappedImages& images, const TrainingJob& job) {
    return limited(
        ImageSet(images.test_images(), images.test_labels(), images.layout(), job.device),
        job.recipe.data.test_examples);
}

Network make_network(const TrainingJob& job) {
    Network network(job.recipe.layers, job.shapes, job.recipe.training.seed);
    network.to(job.device);
    return network;
}

}  // namespace

Trainer::Trainer(TrainingJob job, const train::MappedImages& images, const JobContext& context)
    : job_(std::move(job)),
      context_(context),
      graph_(make_graph(job_.device)),
      training_(training_part(images, job_)),
      validation_(validation_part(images, job_)),
      test_(test_part(images, job_)),
      network_(make_network(job_)),
      training_step_(network_, job_.recipe.training.label_smoothing,
                     job_.recipe.training.batch_size, graph_.get()),
      optimizer_(job_.recipe.optimizer, network_.parameters()),
      steps_per_epoch_((training_.size() + job_.recipe.training.batch_size - 1) /
                       job_.recipe.training.batch_size),
      epoch_loss_(torch::zeros({}, torch::TensorOptions(torch::kFloat64).device(job_.device))) {}

Result<json::object> Trainer::run() {
    if (job_.resume) {
        TRILBY_CHECK(restore());
    }
    report_start();
    const auto start = Clock::now();
    const std::int64_t total_steps = job_.recipe.training.epochs * steps_per_epoch_;
    while (step_ < total_steps) {
        TRILBY_CHECK(train_epoch());
        if (context_.is_cancelled()) {
            return stop_early();
        }
        TRILBY_CHECK(save());
    }
    const Evaluation test = evaluate(test_);
    return to_json(train::TrainingResult{.epochs = job_.recipe.training.epochs,
                                         .steps = step_,
                                         .seconds = seconds_since(start),
                                         .validation_accuracy = validation_accuracy_,
                                         .test_accuracy = test.accuracy,
                                         .test_loss = {test.loss},
                                         .test_images = test_.size(),
                                         .checkpoint = job_.checkpoint.string(),
                                         .graph = {training_step_.describe_graph()}});
}

void Trainer::report_start() const {
    std::int64_t parameters = 0;
    for (const torch::Tensor& tensor : network_.parameters()) {
        parameters += tensor.numel();
    }
    context_.event(to_json(train::StartEvent{.libraries = describe_libraries(),
                                             .parameters = parameters,
                                             .training_images = training_.size(),
                                             .validation_images = validation_.size(),
                                             .test_images = test_.size(),
                                             .steps_per_epoch = steps_per_epoch_,
                                             .epochs = job_.recipe.training.epochs,
                                             .step = step_,
                                             .history = history_}));
}

/// Trains from the current step to the end of its epoch, or until cancelled.
Result<void> Trainer::train_epoch() {
    const std::int64_t epoch = step_ / steps_per_epoch_;
    const std::vector<std::int64_t> order =
        train::epoch_order(job_.recipe.training.seed, epoch, training_.size());
    const std::int64_t first_step = step_;
    const auto epoch_start = Clock::now();
    auto last_report = epoch_start;
    network_.set_training(true);
    const std::int64_t end = (epoch + 1) * steps_per_epoch_;
    while (step_ < end) {
        const std::int64_t batch_size = job_.recipe.training.batch_size;
        const std::int64_t first = (step_ % steps_per_epoch_) * batch_size;
        const std::int64_t count = std::min(batch_size, training_.size() - first);
        train_step(std::span(order).subspan(static_cast<std::size_t>(first),
                                            static_cast<std::size_t>(count)));
        const bool is_first = step_ == first_step + 1;
        if (is_first || Clock::now() - last_report >= progress_interval) {
            report_progress(epoch_start, first_step);
            last_report = Clock::now();
        }
        // A whole epoch is reported in any case: a resumed run starts with the next one.
        if (step_ < end && context_.is_cancelled()) {
            return {};
        }
    }
    if (!std::isfinite(mean_training_loss())) {
        return failure(
            ErrorCode::failed,
            fmt::format("the training loss became {} in epoch {}", mean_training_loss(), epoch + 1),
            "lower the learning rate, or lengthen the warm-up");
    }
    report_epoch(epoch_start, first_step);
    epoch_loss_.zero_();
    epoch_images_ = 0;
    return {};
}

void Trainer::train_step(std::span<const std::int64_t> indices) {
    // Everything random in a step follows from its number: a resumed run repeats it exactly.
    const std::uint64_t seed = train::step_seed(job_.recipe.training.seed, step_);
    const Batch batch = training_.augmented(indices, job_.recipe.data, seed);
    const Gradients gradients = training_step_.compute(batch, seed);
    optimizer_.step(gradients.parameters,
                    train::learning_rate_at(job_.recipe, step_, steps_per_epoch_));
    // Summed on the device: reading it every step would make a GPU wait.
    epoch_loss_.add_(gradients.loss.to(torch::kFloat64), static_cast<double>(indices.size()));
    epoch_images_ += static_cast<std::int64_t>(indices.size());
    ++step_;
}

void Trainer::report_progress(Clock::time_point epoch_start, std::int64_t first_step_of_epoch) {
    const double seconds = seconds_since(epoch_start);
    const std::int64_t images = (step_ - first_step_of_epoch) * job_.recipe.training.batch_size;
    context_.event(
        to_json(train::ProgressEvent{.step = step_,
                                     .training_loss = {mean_training_loss()},
                                     .images_per_second = static_cast<double>(images) / seconds}));
}

void Trainer::report_epoch(Clock::time_point epoch_start, std::int64_t first_step_of_epoch) {
    const double seconds = seconds_since(epoch_start);
    const std::int64_t images =
        std::min(training_.size(), (step_ - first_step_of_epoch) * job_.recipe.training.batch_size);
    const Evaluation validation = evaluate(validation_);
    validation_accuracy_ = validation.accuracy;
    const train::EpochEvent event{
        .epoch = step_ / steps_per_epoch_,
        .step = step_,
        .training_loss = mean_training_loss(),
        .validation_loss = {validation.loss},
        .validation_accuracy = validation.accuracy,
        .learning_rate = train::learning_rate_at(job_.recipe, step_ - 1, steps_per_epoch_),
        .images_per_second = {static_cast<double>(images) / seconds},
        .seconds = {seconds}};
    context_.event(to_json(event));
    history_.push_back(train::history_line(event));
    if (history_.size() > history_limit) {
        history_.erase(history_.begin());
    }
}

Evaluation Trainer::evaluate(const ImageSet& images) {
    const torch::NoGradGuard no_grad;
    network_.set_training(false);
    double loss = 0.0;
    std::int64_t correct = 0;
    for (std::int64_t first = 0; first < images.size(); first += evaluation_batch) {
        const Batch batch = images.range(first, std::min(first + evaluation_batch, images.size()));
        const torch::Tensor scores = network_.forward(batch.images);
        loss += F::cross_entropy(scores, batch.labels,
                                 F::CrossEntropyFuncOptions().reduction(torch::kSum))
                    .item<double>();
        correct += scores.argmax(1).eq(batch.labels).sum().item<std::int64_t>();
    }
    const auto count = static_cast<double>(images.size());
    return {loss / count, static_cast<double>(correct) / count};
}

double Trainer::mean_training_loss() const {
    return epoch_loss_.item<double>() /
           static_cast<double>(std::max<std::int64_t>(1, epoch_images_));
}

Result<void> Trainer::save() const {
    const train::Metadata metadata{
        {"trilby.recipe", train::to_toml(job_.recipe)},
        {"trilby.step", fmt::format("{}", step_)},
        {"trilby.epoch_images", fmt::format("{}", epoch_images_)},
        {"trilby.validation_accuracy", fmt::format("{}", validation_accuracy_)},
        {"trilby.history", fmt::format("{}", fmt::join(history_, "\n"))}};
    return save_tensors(job_.checkpoint, state(), metadata);
}

Result<void> Trainer::restore() {
    TRILBY_TRY(metadata, load_tensors(job_.checkpoint, state()));
    TRILBY_TRY(position, read_position(metadata, job_.checkpoint));
    if (metadata["trilby.recipe"] != train::to_toml(job_.recipe)) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("the recipe beside checkpoint '{}' was changed after the start of the run",
                        job_.checkpoint.string()),
            "undo the changes, or start a new run with the changed recipe");
    }
    const std::int64_t last_step = job_.recipe.training.epochs * steps_per_epoch_;
    if (position.step > last_step || position.epoch_images > training_.size()) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("checkpoint '{}' is at step {} and image {} of its epoch; the run "
                        "has {} steps and {} images",
                        job_.checkpoint.string(), position.step, position.epoch_images, last_step,
                        training_.size()),
            "restart the run, or resume from a copy");
    }
    if (const auto history = metadata.find("trilby.history"); history != metadata.end()) {
        const auto lines = split_lines(history->second);
        history_.assign(lines.begin(), lines.end());
    }
    step_ = position.step;
    epoch_images_ = position.epoch_images;
    validation_accuracy_ = position.validation_accuracy;
    optimizer_.set_steps(step_);
    return {};
}

NamedTensors Trainer::state() const {
    NamedTensors tensors;
    for (auto& [name, tensor] : network_.state()) {
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
    return failure(ErrorCode::interrupted,
                   fmt::format("stopped after step {} of {}; the checkpoint is saved", step_,
                               job_.recipe.training.epochs * steps_per_epoch_));
}

}  // namespace trilby::backends
