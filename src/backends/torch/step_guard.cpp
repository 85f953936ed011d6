// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/step_guard.hpp"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include "backends/torch/checking/element_types.hpp"
#include "backends/torch/weight_copies.hpp"
#include "base/stopwatch.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::backends {
namespace {

/// How many elements have other bits: a comparison of numbers would miss the sign of a zero, and
/// take two NaN for different.
std::int64_t count_differences(const torch::Tensor& first, const torch::Tensor& second) {
    const torch::ScalarType bits = bits_of(first.scalar_type());
    return first.view(bits).ne(second.view(bits)).sum().item<std::int64_t>();
}

struct Difference {
    std::string tensor;
    std::int64_t elements = 0;
    std::int64_t size = 0;
};

std::optional<Difference> difference_between(const NamedTensors& first,
                                             const NamedTensors& second) {
    for (std::size_t i = 0; i < first.size(); ++i) {
        const auto& [name, tensor] = first[i];
        if (const std::int64_t elements = count_differences(tensor, second[i].second);
            elements > 0) {
            return Difference{name, elements, tensor.numel()};
        }
    }
    return std::nullopt;
}

std::unexpected<Error> differs(const Difference& difference, const torch::Device& device) {
    return failure(
        ErrorCode::failed,
        fmt::format("the device {} computes wrong: a step that was computed twice from the same "
                    "state gave other bits in {} of {} elements of '{}'",
                    device.str(), difference.elements, difference.size,
                    printable(difference.tensor, 200)),
        "do not trust its results: check it with 'trilby validate', and resume the last checkpoint "
        "on another device");
}

}  // namespace

StepGuard::StepGuard(NamedTensors state, std::int64_t interval)
    : state_(std::move(state)), done_{.interval = interval} {}

bool StepGuard::is_due(std::int64_t step) const {
    return done_.interval > 0 && (step + 1) % done_.interval == 0;
}

Result<torch::Tensor> StepGuard::twice(const std::function<Result<torch::Tensor>()>& compute) {
    const torch::NoGradGuard no_grad;
    const auto compute_with_gradients = [&]() -> Result<torch::Tensor> {
        const torch::AutoGradMode gradients(true);
        return compute();
    };
    const auto start = std::chrono::steady_clock::now();
    if (before_.empty()) {
        before_ = copies_of(state_);
        first_ = copies_of(state_);
    }
    copy_values(tensors_of(state_), tensors_of(before_));
    const double seconds_of_copy = seconds_since(start);
    TRILBY_TRY(first_result, compute_with_gradients());
    const torch::Tensor first_loss = first_result.clone();
    const auto first_end = std::chrono::steady_clock::now();
    copy_values(tensors_of(state_), tensors_of(first_));
    copy_values(tensors_of(before_), tensors_of(state_));
    TRILBY_TRY(loss, compute_with_gradients());
    auto difference = difference_between({{"loss", first_loss}}, {{"loss", loss}});
    if (!difference) {
        difference = difference_between(first_, state_);
    }
    if (difference) {
        copy_values(tensors_of(before_), tensors_of(state_));
        return differs(*difference, loss.device());
    }
    ++done_.steps;
    done_.seconds += seconds_of_copy + seconds_since(first_end);
    return loss;
}

std::optional<train::Verification> StepGuard::verification() const {
    return done_.interval > 0 ? std::optional(done_) : std::nullopt;
}

}  // namespace trilby::backends
