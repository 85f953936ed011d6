// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/training_step.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "backends/torch/autocast.hpp"
#include "backends/torch/named_tensors.hpp"
#include "backends/torch/runtime.hpp"
#include "backends/torch/weight_copies.hpp"

namespace trilby::backends {
namespace {

/// Libraries initialize themselves in the first steps, which cannot be recorded.
constexpr std::int64_t warm_up_steps = 3;

Tensors copies(const Tensors& tensors) {
    Tensors copied;
    for (const torch::Tensor& tensor : tensors) {
        copied.push_back(tensor.clone());
    }
    return copied;
}

bool are_equal(const Tensors& a, const Tensors& b) {
    return std::ranges::equal(a, b,
                              [](const auto& x, const auto& y) { return torch::equal(x, y); });
}

/// Takes the gradients away from the parameters, so that the next step does not add to them. The
/// loss need not depend on every parameter of a program's network.
Tensors take_gradients(Tensors& parameters) {
    Tensors gradients;
    gradients.reserve(parameters.size());
    for (torch::Tensor& parameter : parameters) {
        torch::Tensor gradient = std::exchange(parameter.mutable_grad(), torch::Tensor());
        gradients.push_back(gradient.defined() ? gradient : torch::zeros_like(parameter));
    }
    return gradients;
}

Tensors trainable(const torch::nn::Module& network) {
    Tensors parameters;
    for (const auto& [name, tensor] : distinct_parameters(network)) {
        if (tensor.requires_grad()) {
            parameters.push_back(tensor);
        }
    }
    return parameters;
}

}  // namespace

TrainingStep::TrainingStep(Task& task, std::int64_t batch_size, Graph* graph)
    : task_(task), parameters_(trainable(task.network())), batch_size_(batch_size), graph_(graph) {}

Gradients TrainingStep::compute(const Batch& batch, std::uint64_t seed) {
    torch::manual_seed(seed);
    const bool fits_graph = graph_ != nullptr && batch.back().size(0) == batch_size_;
    if (fits_graph && use_ == GraphUse::used) {
        return replay(batch);
    }
    if (fits_graph && use_ == GraphUse::undecided && ++eager_steps_ > warm_up_steps) {
        return decide(batch, seed);
    }
    return compute_eagerly(batch);
}

Gradients TrainingStep::no_gradients() const {
    Gradients none{torch::zeros({}, parameters_.front().options().dtype(torch::kFloat32)), {}};
    for (const torch::Tensor& parameter : parameters_) {
        none.parameters.push_back(torch::zeros_like(parameter));
    }
    none.loss.set_requires_grad(false);
    return none;
}

torch::Tensor TrainingStep::loss_of(const Batch& batch) {
    const Autocast autocast(precision_, batch.front().device().type());
    return task_.loss(batch);
}

Gradients TrainingStep::compute_eagerly(const Batch& batch) {
    const torch::Tensor loss = loss_of(batch);
    loss.backward();
    return {loss.detach(), take_gradients(parameters_)};
}

/// The result is that of the step without the graph.
Gradients TrainingStep::decide(const Batch& batch, std::uint64_t seed) {
    const Tensors buffers = task_.network().buffers();
    const Tensors before = copies(buffers);
    Gradients expected = compute_eagerly(batch);
    const Tensors after = copies(buffers);
    try {
        record(batch, seed);
        copy_values(before, buffers);
        torch::manual_seed(seed);
        graph_->replay();
        if (torch::equal(recorded_gradients_.loss, expected.loss) &&
            are_equal(recorded_gradients_.parameters, expected.parameters) &&
            are_equal(buffers, after)) {
            use_ = GraphUse::used;
        } else {
            refuse("it computes something else than its operations one by one");
        }
    } catch (const std::exception& exception) {
        refuse(explain_exception(exception));
    }
    copy_values(after, buffers);
    return expected;
}

void TrainingStep::record(const Batch& batch, std::uint64_t seed) {
    recorded_batch_ = copies(batch);
    // Recorded with other random numbers than it is compared with, which a graph must not keep.
    torch::manual_seed(seed + 1);
    graph_->record([this] { recorded_gradients_ = compute_eagerly(recorded_batch_); });
}

Gradients TrainingStep::replay(const Batch& batch) {
    copy_values(batch, recorded_batch_);
    graph_->replay();
    return recorded_gradients_;
}

void TrainingStep::refuse(std::string why) {
    use_ = GraphUse::refused;
    why_refused_ = std::move(why);
}

std::optional<std::string> TrainingStep::describe_graph() const {
    if (use_ == GraphUse::refused) {
        return why_refused_;
    }
    return use_ == GraphUse::used ? std::optional<std::string>("used") : std::nullopt;
}

}  // namespace trilby::backends
