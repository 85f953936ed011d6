// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/adapters.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <span>

#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::train {
namespace {

using safetensors::TensorView;
using Weights = std::vector<TensorView>;

const TensorView* find(const Weights& weights, const std::string& name) {
    const auto found = std::ranges::find(weights, name, &TensorView::name);
    return found == weights.end() ? nullptr : &*found;
}

bool is_matrix(const TensorView& tensor) {
    return tensor.dtype == "F32" && tensor.shape.size() == 2;
}

struct Adapter {
    const TensorView* input;   ///< rank x inputs
    const TensorView* output;  ///< outputs x rank
};

bool fits(const Adapter& adapter, const TensorView& weight) {
    return is_matrix(weight) && is_matrix(*adapter.input) && is_matrix(*adapter.output) &&
           adapter.output->shape[1] == adapter.input->shape[0] &&
           adapter.output->shape[0] == weight.shape[0] &&
           adapter.input->shape[1] == weight.shape[1];
}

std::vector<float> numbers_of(const TensorView& tensor) {
    std::vector<float> numbers(tensor.bytes.size() / sizeof(float));
    std::memcpy(numbers.data(), tensor.bytes.data(), numbers.size() * sizeof(float));
    return numbers;
}

/// weight + scale * output * input
std::vector<float> sum_of(const TensorView& weight, const Adapter& adapter, double scale) {
    std::vector<float> sum = numbers_of(weight);
    const std::vector<float> a = numbers_of(*adapter.input);
    const std::vector<float> b = numbers_of(*adapter.output);
    const auto rank = static_cast<std::size_t>(adapter.input->shape[0]);
    const auto inputs = static_cast<std::size_t>(weight.shape[1]);
    std::vector<double> row(inputs);
    for (std::size_t i = 0; i * inputs < sum.size(); ++i) {
        std::ranges::fill(row, 0.0);
        for (std::size_t k = 0; k < rank; ++k) {
            for (std::size_t j = 0; j < inputs; ++j) {
                row[j] += static_cast<double>(b[i * rank + k]) * a[k * inputs + j];
            }
        }
        for (std::size_t j = 0; j < inputs; ++j) {
            sum[i * inputs + j] += static_cast<float>(scale * row[j]);
        }
    }
    return sum;
}

}  // namespace

bool is_of_adapter(std::string_view name) {
    return name.ends_with(adapter_input) || name.ends_with(adapter_output);
}

Result<Weights> merged(const Weights& weights, double scale,
                       std::deque<std::vector<float>>& storage) {
    Weights result;
    for (const TensorView& weight : weights) {
        if (is_of_adapter(weight.name)) {
            continue;
        }
        result.push_back(weight);
        const Adapter adapter{find(weights, weight.name + std::string(adapter_input)),
                              find(weights, weight.name + std::string(adapter_output))};
        if (adapter.input == nullptr && adapter.output == nullptr) {
            continue;
        }
        if (adapter.input == nullptr || adapter.output == nullptr || !fits(adapter, weight)) {
            return failure(ErrorCode::bad_data, fmt::format("the adapter of '{}' does not fit it",
                                                            printable(weight.name, 200)));
        }
        storage.push_back(sum_of(weight, adapter, scale));
        result.back().bytes = std::as_bytes(std::span(storage.back()));
    }
    return result;
}

}  // namespace trilby::train
