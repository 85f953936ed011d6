// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A model of torch.export as a LibTorch module, to train and to compute with.

#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/exported/plan.hpp"
#include "pt2/file.hpp"
#include "pt2/program.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

class ExportedNetwork : public torch::nn::Module {
  public:
    /// Reads the tensors and prepares the graph. Parameters and buffers have the names that they
    /// had in Python; tied ones are one tensor. ErrorCode::bad_data for a model that Trilby or this
    /// LibTorch does not run; the hint says what would.
    [[nodiscard]] static Result<std::shared_ptr<ExportedNetwork>> load(const pt2::File& file,
                                                                       const std::string& name);

    /// The only output of the model. Throws what LibTorch throws, with the call that failed.
    [[nodiscard]] torch::Tensor forward(const std::vector<torch::Tensor>& inputs);

    /// ErrorCode::bad_data if the model was exported for other tensors: it says both.
    [[nodiscard]] Result<void> check_inputs(const std::vector<torch::Tensor>& inputs) const;

    [[nodiscard]] std::size_t count_inputs() const;

  private:
    struct Input {
        pt2::InputSpec::Kind kind;
        std::string target;
        torch::Tensor tensor;  ///< nothing for a user's input
        pt2::TensorMeta meta;  ///< of a user's input
    };

    ExportedNetwork(const std::string& name, Plan plan) : Module(name), plan_(std::move(plan)) {}

    [[nodiscard]] Result<void> add_input(const pt2::InputSpec& spec, const pt2::Program& program,
                                         const std::map<std::string, torch::Tensor>& tensors);
    [[nodiscard]] Result<void> add_outputs(const pt2::Program& program);
    [[nodiscard]] std::vector<c10::IValue> values_for(const std::vector<torch::Tensor>& inputs);
    void keep_buffers(const std::vector<c10::IValue>& outputs);

    Plan plan_;
    std::vector<Input> inputs_;
    /// Of the plan's outputs: an index into inputs_ of the buffer that it is for.
    std::vector<std::size_t> changed_buffers_;
    std::size_t user_output_ = 0;
};

}  // namespace trilby::backends
