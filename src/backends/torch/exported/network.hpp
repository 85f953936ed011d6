// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A model of torch.export as a LibTorch module, to train and to compute with.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <torch/torch.h>
#include <vector>

#include "backends/torch/exported/plan.hpp"
#include "pt2/file.hpp"
#include "pt2/head.hpp"
#include "pt2/program.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

struct ExportedNetworkOptions {
    /// Paths of modules that stay in evaluation.
    std::vector<std::string> frozen = {};
    /// A new last layer with so many outputs, whose weights follow from LibTorch's seed; 0: that of
    /// the model.
    std::int64_t head_outputs = 0;
    /// The rank of adapters for the weights of linear layers (train/adapters.hpp); 0: none. With
    /// adapters, only they and a new head are trained. Tied weights get no adapters.
    std::int64_t adapter_rank = 0;
    double adapter_scale = 1.0;
};

class ExportedNetwork : public torch::nn::Module {
  public:
    /// Reads the tensors and prepares the graph. Parameters and buffers have the names that they
    /// had in Python; tied ones are one tensor, and those without gradients there have none here.
    /// ErrorCode::bad_data for a model that Trilby or this LibTorch cannot run, and for a new head
    /// as pt2::find_head(); the hint says what works instead.
    [[nodiscard]] static Result<std::shared_ptr<ExportedNetwork>> load(
        const pt2::File& file, const std::string& name, const ExportedNetworkOptions& options = {});

    /// The only output of the model. Throws what LibTorch throws, with the call that failed.
    [[nodiscard]] torch::Tensor forward(const std::vector<torch::Tensor>& inputs);

    /// ErrorCode::bad_data if the model was exported for other tensors: it says both.
    [[nodiscard]] Result<void> check_inputs(const std::vector<torch::Tensor>& inputs) const;

    [[nodiscard]] std::size_t count_inputs() const;

  private:
    struct Input {
        pt2::InputSpec::Kind kind;
        std::string target;
        torch::Tensor tensor;              ///< nothing for a user's input
        pt2::TensorMeta meta;              ///< of a user's input
        torch::Tensor adapter_input = {};  ///< nothing: there is no adapter
        torch::Tensor adapter_output = {};

        [[nodiscard]] torch::Tensor value(double adapter_scale) const;
    };

    ExportedNetwork(const std::string& name, Plan plan) : Module(name), plan_(std::move(plan)) {}

    [[nodiscard]] Result<void> add_input(const pt2::InputSpec& spec, const pt2::Program& program,
                                         const std::map<std::string, torch::Tensor>& tensors,
                                         const pt2::Head& new_head);
    [[nodiscard]] Result<void> add_outputs(const pt2::Program& program);
    [[nodiscard]] Result<void> add_adapters(const pt2::Program& program, std::int64_t rank,
                                            const pt2::Head& head);
    [[nodiscard]] Result<void> add_adapter(Input& input, std::int64_t rank);
    [[nodiscard]] std::vector<c10::IValue> values_for(const std::vector<torch::Tensor>& inputs);
    void keep_buffers(const std::vector<c10::IValue>& outputs);

    Plan plan_;
    double adapter_scale_ = 1.0;
    std::vector<Input> inputs_;
    /// For the plan's outputs: the index in inputs_ of the buffer that each is for.
    std::vector<std::size_t> changed_buffers_;
    std::size_t user_output_ = 0;
};

}  // namespace trilby::backends
