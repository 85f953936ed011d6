// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The graph of an exported model, prepared for running: every call has its operator, its constants
/// in the types that the operator takes, and places for its results.

#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "backends/torch/exported/number_functions.hpp"
#include "pt2/program.hpp"
#include <trilby/result.hpp>

namespace trilby::backends {

/// Where a run keeps a value.
using Slot = std::size_t;
inline constexpr Slot no_slot = static_cast<Slot>(-1);

/// What differs between training and evaluation, such as whether a dropout drops anything.
struct Constant {
    c10::IValue training;
    c10::IValue evaluation;
};
struct DeviceOfNetwork {};

struct StepInput {
    c10::TypePtr type;  ///< of the operator's parameter; null for numbers
    std::variant<Constant, Slot, DeviceOfNetwork, std::vector<StepInput>> content;
};

/// One result: one slot, or the slots of the elements of a list.
struct StepOutput {
    std::vector<Slot> slots;
    bool is_list = false;
};

class Plan;

/// A part of the model with gradients on or off.
struct GradientRegion {
    bool is_enabled = true;
    std::shared_ptr<const Plan> body;
};

struct Step {
    std::variant<c10::OperatorHandle, NumberFunction, GradientRegion> action;
    std::vector<StepInput> inputs;
    std::vector<StepOutput> outputs;
    std::vector<Slot> last_used;    ///< slots that no later step needs
    bool only_in_training = false;  ///< in evaluation, its result is its first input
    bool is_frozen = false;         ///< always as in evaluation
    std::string description;        ///< "aten.linear in layer 'net.0'", for errors
};

struct PlanOptions {
    /// The export was in evaluation, so that training must turn on what it turned off.
    bool was_evaluating = false;
    /// Buffers, by their names in the graph: evaluation does not change them.
    std::vector<std::string> buffers = {};
    /// Parts of the model that are not trained, by the paths of their modules.
    std::vector<std::string> frozen = {};
};

class Plan {
  public:
    /// ErrorCode::bad_data for an operator that is not allowed or that this LibTorch does not have,
    /// for arguments that do not fit it, and for a name without a value.
    [[nodiscard]] static Result<Plan> make(const pt2::Graph& graph, const PlanOptions& options);

    /// `inputs` are those of the graph. Throws what LibTorch throws, with the call that failed.
    [[nodiscard]] std::vector<c10::IValue> run(const std::vector<c10::IValue>& inputs,
                                               bool is_training, const c10::Device& device) const;

  private:
    friend class PlanMaker;

    std::size_t slots_ = 0;
    std::size_t inputs_ = 0;  ///< they are the first slots
    std::vector<Step> steps_;
    std::vector<Slot> outputs_;
};

/// Whether calls have a constant that says that the model trains; and whether any of these are on.
struct TrainingConstants {
    bool any = false;
    bool any_on = false;
};
[[nodiscard]] TrainingConstants training_constants(const pt2::Graph& graph);

}  // namespace trilby::backends
