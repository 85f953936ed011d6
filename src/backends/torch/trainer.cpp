// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/trainer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "backends/torch/checkpoint_tensors.hpp"
#include "backends/torch/class_loss.hpp"
#include "backends/torch/frozen_parts.hpp"
#include "backends/torch/optimizers/clipping.hpp"
#include "backends/torch/precision_choice.hpp"
#include "backends/torch/runtime.hpp"
#include "backends/torch/start_weights.hpp"
#include "backends/torch/step_gradients.hpp"
#include "base/stopwatch.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "train/divergence.hpp"
#include "train/early_stopping.hpp"
#include "train/events.hpp"
#include "train/schedule.hpp"

namespace trilby::backends {
namespace {

// More than the events that `trilby` can have left unread in the worker's socket.
constexpr std::size_t history_limit = 1000;
constexpr auto progress_interval = std::chrono::milliseconds(200);

/// The usual number of examples that a process computes at once.
std::int64_t batch_of_process(const TrainingJob& job) {
    const std::int64_t processes = job.place ? job.place->size : 1;
    return std::min(job.recipe.training.batch_size,
                    examples_per_process(job.recipe.training, processes));
}

/// A norm that is not finite has a value that is not, or one whose square is not.
bool are_finite(const NamedTensors& tensors) {
    const torch::NoGradGuard no_grad;
    Tensors norms;
    for (const auto& [name, tensor] : tensors) {
        if (tensor.is_floating_point()) {
            norms.push_back(tensor.norm());
        }
    }
    return norms.empty() || std::isfinite(torch::stack(norms).sum().item<double>());
}

/// Such as a mask. A checkpoint has no others, so a resumed run finds the same ones.
std::set<std::string> infinite_buffers_of(const torch::nn::Module& network) {
    std::set<std::string> names;
    for (const auto& entry : network.named_buffers()) {
        if (!are_finite({{entry.key(), entry.value()}})) {
            names.insert(entry.key());
        }
    }
    return names;
}

/// Calls a function at the end of a scope, also if an exception ends it.
template <class Function>
class AtEnd {
  public:
    explicit AtEnd(Function function) : function_(std::move(function)) {}
    ~AtEnd() { function_(); }
    AtEnd(const AtEnd&) = delete;
    AtEnd& operator=(const AtEnd&) = delete;

  private:
    Function function_;
};

}  // namespace

Result<std::unique_ptr<Trainer>> Trainer::make(TrainingJob job, const TaskData& data,
                                               const JobContext& context) {
    // First, because it decides on which stream everything else computes.
    std::unique_ptr<Graph> graph = make_graph(job.device);
    TRILBY_TRY(task, make_task(job.recipe, data, job.device, job.own));
    TRILBY_CHECK(require_examples(*task));
    TRILBY_CHECK(check_types(state_of(task->network())));
    TRILBY_CHECK(check_class_weights(job.recipe, *task, job.own));
    if (!job.resume) {
        TRILBY_CHECK(load_start_weights(job.recipe, state_of(task->network())));
    }
    TRILBY_CHECK(freeze(task->network(), job.recipe));
    return std::unique_ptr<Trainer>(
        new Trainer(std::move(job), std::move(graph), std::move(task), context));
}

Trainer::Trainer(TrainingJob job, std::unique_ptr<Graph> graph, std::unique_ptr<Task> task,
                 const JobContext& context)
    : job_(std::move(job)),
      context_(context),
      keep_alive_(context),
      graph_(std::move(graph)),
      task_(std::move(task)),
      training_step_(*task_, batch_of_process(job_), graph_.get()),
      optimizer_(make_optimizer(job_.recipe.optimizer, parameters_of(task_->network()))),
      order_(order_of(*task_, job_.recipe.training)),
      read_ahead_(
          task_->arrays(), [this](const data::Range& rows) { return task_->rows_of(rows); },
          order_),
      checkpoints_(job_.checkpoint, job_.saving),
      epoch_loss_(job_.device),
      evaluated_(task_->network(), job_.recipe.training,
                 train::deciding_metric(task_->metric(), task_->count(data::Part::validation))),
      guard_(changing_state(), job_.verify_every) {}

Result<json::object> Trainer::run() {
    if (is_first()) {
        if (job_.resume) {
            TRILBY_CHECK(restore());
        }
        TRILBY_CHECK(checkpoints_.require_space(state(), metadata()));
        choose_precision();
    }
    if (job_.place) {
        TRILBY_CHECK(join_group());
    }
    infinite_buffers_ = infinite_buffers_of(task_->network());
    if (is_first()) {
        report_start();
    }
    start_ = Clock::now();
    first_step_ = step_;
    while (is_epoch_open() || (step_ < total_steps() &&
                               !evaluated_.is_patience_over(epochs_done()) && !is_time_over())) {
        TRILBY_CHECK(train_epoch());
        if (is_cancelled()) {
            return stop_early();
        }
        TRILBY_CHECK(save());
    }
    if (!is_first()) {
        TRILBY_CHECK(await_evaluation());
        return json::object();
    }
    auto result = test();
    TRILBY_CHECK(checkpoints_.finish());
    TRILBY_CHECK(result);
    TRILBY_CHECK(check_result(*result));
    result->saving = checkpoints_.cost();
    result->seconds = seconds_since(start_);
    return to_json(*result);
}

/// A resumed run keeps the precision of its checkpoint.
void Trainer::choose_precision() {
    if (!precision_) {
        precision_ =
            backends::choose_precision(*task_, {job_.recipe, job_.device, job_.no_trial}, context_);
    }
    if (precision_) {
        training_step_.set_precision(precision_->name);
    }
}

void Trainer::report_start() {
    const bool is_open = is_epoch_open();
    context_.event(to_json(
        train::StartEvent{.libraries = describe_libraries(),
                          .parameters = count_parameters(task_->network()),
                          .metric = std::string(task_->metric()),
                          .unit = std::string(task_->unit()),
                          .training_examples = task_->count(data::Part::training),
                          .validation_examples = task_->count(data::Part::validation),
                          .test_examples = task_->count(data::Part::test),
                          .steps_per_epoch = order_.steps_per_epoch(),
                          .epochs = job_.recipe.training.epochs,
                          .step = step_,
                          .history = history_,
                          .precision = precision_,
                          .class_weights = task_->class_weights(),
                          .resumption = resumption_,
                          .exchange = group_.exchange(),
                          .validates_first = is_open ? std::optional(true) : std::nullopt}));
}

bool Trainer::is_epoch_open() {
    return step_ % order_.steps_per_epoch() == 0 && epoch_loss_.record().examples > 0;
}

/// Trains from the current step to the end of its epoch and validates, or until cancelled or the
/// time is over.
Result<void> Trainer::train_epoch() {
    timed_examples_ = 0;
    const auto start = Clock::now();
    std::optional<Clock::time_point> last_report;
    set_training(task_->network(), job_.recipe.training.frozen);
    const std::int64_t end =
        is_epoch_open() ? step_ : (epochs_done() + 1) * order_.steps_per_epoch();
    while (step_ < end) {
        if (is_cancelled()) {
            return {};
        }
        TRILBY_CHECK(train_step());
        if (is_time_over()) {
            break;
        }
        if (step_ < end && is_first() && checkpoints_.is_due()) {
            TRILBY_CHECK(save());
        }
        if (!last_report || Clock::now() - *last_report >= progress_interval) {
            TRILBY_CHECK(check_losses());
            report_progress(seconds_since(start));
            last_report = Clock::now();
        }
    }
    TRILBY_CHECK(check_losses());
    TRILBY_CHECK(group_.require_same(distinct_parameters(task_->network())));
    const double seconds = seconds_since(start);
    TRILBY_TRY(is_validated, validate());
    if (is_validated) {  // otherwise the losses tell the resumed run to validate first
        report_epoch(seconds);
        epoch_loss_.restart({});
    }
    return {};
}

Result<void> Trainer::train_step() {
    read_ahead_.prepare(step_);
    const std::vector<std::int64_t> examples = order_.examples_of(step_);
    const auto take = [&] { return take_step(examples); };
    TRILBY_TRY(loss, guard_.is_due(step_) ? guard_.twice(take) : take());
    epoch_loss_.add(loss, static_cast<std::int64_t>(examples.size()));
    timed_examples_ += static_cast<std::int64_t>(examples.size());
    ++step_;
    return {};
}

Result<torch::Tensor> Trainer::take_step(const std::vector<std::int64_t>& examples) {
    const StepShare share = group_.share_of(job_.recipe.training, examples, step_);
    Gradients gradients = share.examples.empty()
                              ? training_step_.no_gradients()
                              : gradients_of(training_step_, *task_, job_.recipe.training,
                                             share.examples, share.first_batch);
    if (!group_.is_alone()) {
        agreed_ = {.stop = context_.is_cancelled(), .time_is_over = is_own_time_over()};
        TRILBY_CHECK(group_.add_up(gradients, share.weight, agreed_));
    }
    clip_to_norm(gradients.parameters, job_.recipe.optimizer.clip_norm);
    optimizer_->step(gradients.parameters, learning_rate_at(step_), step_);
    evaluated_.update(step_);
    return gradients.loss;
}

double Trainer::units_per_second(double seconds) const {
    return static_cast<double>(timed_examples_ * task_->units_per_example()) / seconds;
}

/// Every process reports, so that none counts as silent.
void Trainer::report_progress(double seconds) {
    context_.event(to_json(train::ProgressEvent{.step = step_,
                                                .training_loss = {epoch_loss_.record().mean()},
                                                .units_per_second = units_per_second(seconds)}));
}

void Trainer::report_epoch(double seconds) {
    if (!is_first()) {
        return;
    }
    const train::EpochEvent event{.epoch = epochs_begun(),
                                  .step = step_,
                                  .training_loss = epoch_loss_.record().mean(),
                                  .validation = validation_,
                                  .learning_rate = learning_rate_at(step_ - 1),
                                  .units_per_second = {units_per_second(seconds)},
                                  .seconds = {seconds}};
    context_.event(to_json(event));
    if (epochs_begun() == epochs_done()) {  // an epoch that lacks steps is repeated when resumed
        history_.push_back(train::history_line(event));
    }
    if (history_.size() > history_limit) {
        history_.erase(history_.begin());
    }
}

/// The first process evaluates for all: batch norms see other examples in each.
Result<bool> Trainer::validate() {
    if (is_cancelled()) {
        return false;
    }
    const auto exchanged = evaluated_.for_validation();
    if (const auto done = is_first() ? validate_for_all() : await_evaluation(); !done) {
        return done.error().code == ErrorCode::interrupted ? Result<bool>(false)
                                                           : std::unexpected(done.error());
    }
    TRILBY_CHECK(share_position());
    evaluated_.offer(epochs_begun(), validation_);
    return true;
}

Result<void> Trainer::validate_for_all() {
    TRILBY_TRY(metrics, evaluate_for_all(data::Part::validation));
    validation_ = std::move(metrics);
    return {};
}

/// The other processes are in await_evaluation() meanwhile.
Result<train::Metrics> Trainer::evaluate_for_all(data::Part part) {
    if (group_.is_alone()) {
        return evaluate(part, [this] { return keep_alive_.check() ? go_on() : stopped(); });
    }
    bool do_others_wait = true;
    const auto after_batch = [&]() -> Result<void> {
        if (keep_alive_.is_due() || context_.is_cancelled()) {
            do_others_wait = false;  // if all stop, or cannot be reached
            TRILBY_CHECK(share_evaluation(true));
            do_others_wait = true;
        }
        return {};
    };
    // Also if the evaluation fails. Whoever cannot be reached is noticed in the next exchange.
    const AtEnd release_others([&] {
        if (do_others_wait) {
            static_cast<void>(share_evaluation(false));
        }
    });
    return evaluate(part, after_batch);
}

/// Waits for the first process as long as that goes on.
Result<void> Trainer::await_evaluation() {
    while (true) {
        TRILBY_TRY(first_works, share_evaluation(false));
        if (!first_works) {
            return {};
        }
    }
}

/// Tells the others whether this process is evaluating; returns whether the first one is.
/// ErrorCode::interrupted in all if it is and any was cancelled.
Result<bool> Trainer::share_evaluation(bool works) {
    TRILBY_TRY(shared, group_.share({.first_works = works, .stop = context_.is_cancelled()}));
    agreed_.stop = shared.stop;
    keep_alive_.send();
    if (shared.first_works && shared.stop) {
        return stopped();
    }
    return shared.first_works;
}

Result<train::TrainingResult> Trainer::test() {
    const auto exchanged = evaluated_.for_test();
    const train::BestEpoch& best = evaluated_.best_epoch();
    TRILBY_TRY(metrics, evaluate_for_all(data::Part::test));
    train::TrainingResult result{
        .epochs = epochs_begun(),
        .steps = step_,
        .metric = std::string(task_->metric()),
        .validation = evaluated_.has_best() ? best.validation : validation_,
        .test = std::move(metrics),
        .test_examples = task_->count(data::Part::test),
        .checkpoint = job_.checkpoint.string(),
        .graph = {training_step_.describe_graph()},
        .precision = precision_,
        .verification = guard_.verification(),
        .exchange = group_.exchange()};
    if (evaluated_.has_best()) {
        result.best_epoch = best.epoch;
    }
    if (task_->arrays().is_on_disk() && !order_.shuffle().is_whole()) {
        result.reading = {.bytes = task_->arrays().size_bytes(),
                          .seconds_waited = read_ahead_.waited().count()};
    }
    if (step_ < total_steps()) {
        result.stopped_after = epochs_begun();
        result.time_is_over = is_time_over();
    }
    return result;
}

/// Empty for a part without examples.
Result<train::Metrics> Trainer::evaluate(data::Part part, const AfterBatch& after_batch) {
    if (task_->count(part) == 0) {
        return train::Metrics();
    }
    const torch::NoGradGuard no_grad;
    task_->network().eval();
    return task_->evaluate(part, after_batch);
}

Result<void> Trainer::check_losses() {
    const train::LossRecord& losses = epoch_loss_.record();
    if (losses.is_finite()) {
        return {};
    }
    train::Divergence divergence = divergence_at(step_ - losses.steps + losses.finite_steps + 1);
    divergence.is_untrained = divergence.step == 1;
    if (losses.finite_steps > 0) {
        divergence.loss_before = losses.last_finite;
    }
    return std::unexpected(train::explain(divergence));
}

/// The optimizer's state may already be infinite while the losses are still finite.
Result<void> Trainer::check_state(const NamedTensors& tensors) const {
    if (are_finite(tensors)) {
        return {};
    }
    return std::unexpected(train::explain(divergence_at(step_)));
}

/// Weights that are finite may still be so large that the network's outputs are not.
Result<void> Trainer::check_result(const train::TrainingResult& result) const {
    const train::Metrics& measured = result.validation.empty() ? result.test : result.validation;
    return measured.empty() || train::value_of("loss", measured)
               ? Result<void>()
               : std::unexpected(train::explain(divergence_at(step_)));
}

train::Divergence Trainer::divergence_at(std::int64_t step) const {
    return {.step = step,
            .epoch = (step - 1) / order_.steps_per_epoch() + 1,
            .learning_rate = learning_rate_at(step - 1),
            .has_clipping = job_.recipe.optimizer.clip_norm > 0.0,
            .saved_step = saved_step_};
}

std::int64_t Trainer::epochs_begun() const {
    return (step_ + order_.steps_per_epoch() - 1) / order_.steps_per_epoch();
}

bool Trainer::is_own_time_over() const {
    return job_.time_limit_s && seconds_since(start_) > *job_.time_limit_s;
}

bool Trainer::is_time_over() const {
    return step_ > first_step_ && (group_.is_alone() ? is_own_time_over() : agreed_.time_is_over);
}

bool Trainer::is_cancelled() const {
    return group_.is_alone() ? context_.is_cancelled() : agreed_.stop;
}

double Trainer::learning_rate_at(std::int64_t step) const {
    return train::learning_rate_at(job_.recipe, step, order_.steps_per_epoch());
}

std::int64_t Trainer::total_steps() const {
    return job_.recipe.training.epochs * order_.steps_per_epoch();
}

NamedTensors Trainer::trained_state() const {
    NamedTensors tensors;
    for (auto& [name, tensor] : state_of(task_->network())) {
        tensors.emplace_back("model." + name, tensor);
    }
    for (auto& [name, tensor] : optimizer_->state()) {
        tensors.emplace_back("optimizer." + name, tensor);
    }
    return tensors;
}

NamedTensors Trainer::changing_state() const {
    NamedTensors tensors = trained_state();
    for (auto& entry : evaluated_.average()) {
        tensors.push_back(entry);
    }
    return tensors;
}

NamedTensors Trainer::state() const {
    NamedTensors tensors = trained_state();
    for (auto& entry : evaluated_.state()) {
        tensors.push_back(entry);
    }
    return tensors;
}

Result<json::object> Trainer::stop_early() {
    TRILBY_CHECK(save());
    TRILBY_CHECK(checkpoints_.finish());
    return stopped();
}

std::unexpected<Error> Trainer::stopped() const {
    return failure(
        ErrorCode::interrupted,
        fmt::format("stopped after step {} of {}; the checkpoint is saved", step_, total_steps()));
}

}  // namespace trilby::backends
