// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The calls of a network of C++ as a graph, of the form that torch.export gives those of Python.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/named_tensors.hpp"
#include "pt2/program.hpp"

namespace trilby::backends {

/// Whether record_calls() is at work. Kernels of our own, which LibTorch does not know, must then
/// leave the work to its operators.
[[nodiscard]] bool calls_are_recorded();

/// A graph for inputs of one size, with the tensors it uses.
struct RecordedCalls {
    pt2::Graph graph;
    std::vector<pt2::InputSpec> inputs;
    std::map<std::string, torch::Tensor> tensors;  ///< by the targets of the inputs
};

struct NamedInput {
    std::string name;
    torch::Tensor tensor;
};

/// Calls `function`, which is given the inputs and gives one tensor. `state` are the tensors that
/// it has, by name; others that it uses become constants. Throws what `function` throws, and
/// c10::Error if it computes with numbers of a tensor, which the graph could not repeat.
[[nodiscard]] RecordedCalls record_calls(
    const std::function<torch::Tensor(const std::vector<torch::Tensor>&)>& function,
    const std::vector<NamedInput>& inputs, const NamedTensors& state);

}  // namespace trilby::backends
