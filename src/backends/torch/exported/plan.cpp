// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/plan.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <torch/torch.h>
#include <utility>

#include "backends/torch/exported/arguments.hpp"
#include "backends/torch/exported/operators.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/calls.hpp"
#include "train/frozen.hpp"

namespace trilby::backends {
namespace {

using c10::IValue;

constexpr std::string_view aten = "torch.ops.aten.";
/// Parameters of operators that say that the model trains.
constexpr std::array<std::string_view, 3> training_flags{"train", "training", "use_input_stats"};

template <class Range, class T>
bool contains(const Range& range, const T& value) {
    return std::ranges::find(range, value) != std::ranges::end(range);
}

const pt2::NamedArgument* find_input(const pt2::Node& node, std::string_view name) {
    const auto found = std::ranges::find(node.inputs, name, &pt2::NamedArgument::name);
    return found == node.inputs.end() ? nullptr : &*found;
}

/// A norm without them uses those of the batch in evaluation too.
bool lacks_statistics(const pt2::Node& node) {
    const auto* mean = find_input(node, "running_mean");
    return mean != nullptr && std::holds_alternative<pt2::Absent>(mean->argument.content);
}

bool is_training_flag(const pt2::Node& node, const pt2::NamedArgument& input) {
    return contains(training_flags, input.name) &&
           std::holds_alternative<bool>(input.argument.content) && !lacks_statistics(node);
}

/// The chance of a dropout inside of an operator that has no flag.
bool is_dropout_chance(const pt2::NamedArgument& input) {
    return input.name == "dropout_p" && std::holds_alternative<double>(input.argument.content);
}

std::unexpected<Error> not_runnable(const pt2::Node& node, std::string_view why,
                                    std::string hint = {}) {
    return failure(ErrorCode::bad_data,
                   fmt::format("the model calls {}, {}", pt2::description_of(node), why),
                   std::move(hint));
}

/// A view fails where the device or a layout chose other strides than the export had. A reshape is
/// a view where there can be one.
pt2::Node with_reshape(pt2::Node node) {
    if (node.target == "torch.ops.aten.view.default") {
        node.target = "torch.ops.aten.reshape.default";
        const auto size =
            std::ranges::find(node.inputs, std::string("size"), &pt2::NamedArgument::name);
        if (size != node.inputs.end()) {
            size->name = "shape";
        }
    }
    return node;
}

Result<c10::OperatorHandle> operator_of(const pt2::Node& node) {
    const std::string_view target = node.target;
    const std::string_view call =
        target.starts_with(aten) ? target.substr(aten.size()) : std::string_view();
    const std::size_t dot = call.find('.');
    if (dot == std::string_view::npos || !is_allowed_operator(call.substr(0, dot))) {
        return not_runnable(node, "which Trilby does not run",
                            "compute it in another way in the model");
    }
    const std::string name = fmt::format("aten::{}", call.substr(0, dot));
    const std::string_view overload = call.substr(dot + 1);
    const auto found = c10::Dispatcher::singleton().findSchema(
        {name, overload == "default" ? std::string() : std::string(overload)});
    if (!found) {
        return not_runnable(node, "which this LibTorch does not have",
                            "use the version of PyTorch that exported the model");
    }
    return *found;
}

}  // namespace

/// Gives every name its slot and makes the steps.
class PlanMaker {
  public:
    explicit PlanMaker(PlanOptions options) : options_(std::move(options)) {}

    Result<Plan> make(const pt2::Graph& graph) {
        for (const std::string& input : graph.inputs) {
            define(input);
        }
        plan_.inputs_ = graph.inputs.size();
        for (const pt2::Node& node : graph.nodes) {
            if (!pt2::is_assertion(node)) {
                TRILBY_CHECK(add_step(with_reshape(node)));
            }
        }
        for (const pt2::Argument& output : graph.outputs) {
            const auto* value = std::get_if<pt2::Value>(&output.content);
            const auto slot = value == nullptr ? std::nullopt : slot_of(value->name);
            if (!slot) {
                return failure(ErrorCode::bad_data, "an output of the model has no value");
            }
            plan_.outputs_.push_back(*slot);
        }
        plan_.slots_ = next_slot_;
        mark_last_uses();
        return std::move(plan_);
    }

  private:
    Slot define(const std::string& name) {
        const Slot slot = next_slot_++;
        if (!name.empty()) {
            slots_.insert_or_assign(name, slot);
        }
        return slot;
    }

    [[nodiscard]] std::optional<Slot> slot_of(const std::string& name) const {
        const auto found = slots_.find(name);
        return found == slots_.end() ? std::nullopt : std::optional(found->second);
    }

    Result<void> add_step(const pt2::Node& node) {
        Step step{.action = NumberFunction(nullptr),
                  .is_frozen = train::is_frozen(node.module, options_.frozen),
                  .description = pt2::description_of(node)};
        if (const auto region = pt2::gradient_region_of(node)) {
            TRILBY_CHECK(bind_region(step, node, *region));
        } else if (const auto facts = number_function(node.target); facts.function != nullptr) {
            TRILBY_CHECK(bind_numbers(step, node, facts));
        } else {
            TRILBY_CHECK(bind_operator(step, node));
        }
        for (const pt2::Output& output : node.outputs) {
            StepOutput& places = step.outputs.emplace_back();
            places.is_list = output.is_list;
            std::ranges::transform(output.names, std::back_inserter(places.slots),
                                   [this](const std::string& name) { return define(name); });
        }
        plan_.steps_.push_back(std::move(step));
        return {};
    }

    Result<void> bind_operator(Step& step, const pt2::Node& node) {
        TRILBY_TRY(handle, operator_of(node));
        const auto& parameters = handle.schema().arguments();
        for (const c10::Argument& parameter : parameters) {
            TRILBY_TRY(input, bind_parameter(node, parameter));
            step.inputs.push_back(std::move(input));
        }
        const auto unknown =
            std::ranges::find_if_not(node.inputs, [&](const pt2::NamedArgument& input) {
                return std::ranges::find(parameters, input.name, &c10::Argument::name) !=
                       parameters.end();
            });
        if (unknown != node.inputs.end()) {
            return not_runnable(node, fmt::format("with '{}', which this LibTorch does not have",
                                                  printable(unknown->name, 100)));
        }
        if (node.outputs.size() > handle.schema().returns().size()) {
            return not_runnable(node,
                                fmt::format("which gives {} results, expected {}",
                                            handle.schema().returns().size(), node.outputs.size()));
        }
        step.only_in_training = changes_buffer(node);
        step.action = handle;
        return {};
    }

    Result<StepInput> bind_parameter(const pt2::Node& node, const c10::Argument& parameter) {
        if (const auto* given = find_input(node, parameter.name()); given != nullptr) {
            auto input = bind(node, *given, parameter.type());
            return input ? Result<StepInput>(std::move(*input))
                         : not_runnable(node, fmt::format("whose '{}' is not {}, or has no value",
                                                          parameter.name(),
                                                          parameter.type()->annotation_str()));
        }
        if (!parameter.default_value()) {
            return not_runnable(node, fmt::format("without '{}'", parameter.name()));
        }
        const IValue& otherwise = *parameter.default_value();
        return StepInput{parameter.type(), Constant{otherwise, otherwise}};
    }

    /// Nothing if the argument does not fit the type.
    std::optional<StepInput> bind(const pt2::Node& node, const pt2::NamedArgument& given,
                                  const c10::TypePtr& type) {
        if (is_training_flag(node, given)) {
            const bool is_on = std::get<bool>(given.argument.content) || options_.was_evaluating;
            return StepInput{type, Constant{is_on, false}};
        }
        if (is_dropout_chance(given)) {
            return StepInput{type, Constant{std::get<double>(given.argument.content), 0.0}};
        }
        return bind_content(given.argument, type);
    }

    std::optional<StepInput> bind_content(const pt2::Argument& argument, const c10::TypePtr& type) {
        if (const auto* value = std::get_if<pt2::Value>(&argument.content)) {
            const auto slot = slot_of(value->name);
            return slot ? std::optional(StepInput{type, *slot}) : std::nullopt;
        }
        if (std::holds_alternative<pt2::Device>(argument.content)) {
            return StepInput{type, DeviceOfNetwork{}};
        }
        if (const auto* elements = std::get_if<pt2::Arguments>(&argument.content);
            elements != nullptr && std::ranges::any_of(*elements, is_computed)) {
            return bind_list(*elements, type);
        }
        auto constant = constant_of(argument, type);
        return constant ? std::optional(StepInput{type, Constant{*constant, *constant}})
                        : std::nullopt;
    }

    static bool is_computed(const pt2::Argument& argument) {
        return std::holds_alternative<pt2::Value>(argument.content);
    }

    /// A list with an element that is computed.
    std::optional<StepInput> bind_list(const pt2::Arguments& elements, const c10::TypePtr& type) {
        const auto* optional = type->castRaw<c10::OptionalType>();
        const c10::TypePtr& inner = optional == nullptr ? type : optional->getElementType();
        const auto* list = inner->castRaw<c10::ListType>();
        if (list == nullptr) {
            return std::nullopt;
        }
        std::vector<StepInput> inputs;
        for (const pt2::Argument& element : elements) {
            auto input = bind_content(element, list->getElementType());
            if (!input) {
                return std::nullopt;
            }
            inputs.push_back(std::move(*input));
        }
        return StepInput{inner, std::move(inputs)};
    }

    Result<void> bind_numbers(Step& step, const pt2::Node& node, const NumberFunctionFacts& facts) {
        if (node.inputs.size() != facts.parameters || node.outputs.size() != 1) {
            return not_runnable(
                node, fmt::format("with {} arguments and {} results, expected {} and 1",
                                  node.inputs.size(), node.outputs.size(), facts.parameters));
        }
        for (const pt2::NamedArgument& given : node.inputs) {
            auto input = bind_content(given.argument, c10::NumberType::get());
            if (!input) {
                return not_runnable(node, "with an argument that is not a number");
            }
            step.inputs.push_back(std::move(*input));
        }
        step.action = facts.function;
        return {};
    }

    Result<void> bind_region(Step& step, const pt2::Node& node, const pt2::GradientRegion& region) {
        PlanOptions inside{.was_evaluating = options_.was_evaluating, .frozen = options_.frozen};
        for (std::size_t i = region.first_input; i < node.inputs.size(); ++i) {
            if (is_buffer(node.inputs[i].argument)) {
                inside.buffers.push_back(region.body->inputs[i - region.first_input]);
            }
            auto input = bind_content(node.inputs[i].argument, c10::AnyType::get());
            if (!input) {
                return not_runnable(node, "with an argument that has no value");
            }
            step.inputs.push_back(std::move(*input));
        }
        TRILBY_TRY(body, Plan::make(*region.body, inside));
        step.action =
            GradientRegion{region.is_enabled, std::make_shared<const Plan>(std::move(body))};
        return {};
    }

    /// Whether a call changes a buffer in place, as a batch norm does to count its batches. If so,
    /// the names of its results count as names of buffers too.
    bool changes_buffer(const pt2::Node& node) {
        if (!pt2::operator_name(node).changes_argument || !is_buffer(node.inputs[0].argument)) {
            return false;
        }
        for (const pt2::Output& output : node.outputs) {
            options_.buffers.insert(options_.buffers.end(), output.names.begin(),
                                    output.names.end());
        }
        return true;
    }

    [[nodiscard]] bool is_buffer(const pt2::Argument& argument) const {
        const auto* value = std::get_if<pt2::Value>(&argument.content);
        return value != nullptr && contains(options_.buffers, value->name);
    }

    void mark_last_uses() {
        std::vector<bool> is_needed(plan_.slots_, false);
        for (const Slot slot : plan_.outputs_) {
            is_needed[slot] = true;
        }
        for (auto step = plan_.steps_.rbegin(); step != plan_.steps_.rend(); ++step) {
            std::vector<Slot> touched;
            collect(step->inputs, touched);
            for (const StepOutput& output : step->outputs) {
                touched.insert(touched.end(), output.slots.begin(), output.slots.end());
            }
            for (const Slot slot : touched) {
                if (!is_needed[slot]) {
                    is_needed[slot] = true;
                    step->last_used.push_back(slot);
                }
            }
        }
    }

    static void collect(const std::vector<StepInput>& inputs, std::vector<Slot>& slots) {
        for (const StepInput& input : inputs) {
            if (const Slot* slot = std::get_if<Slot>(&input.content)) {
                slots.push_back(*slot);
            } else if (const auto* list = std::get_if<std::vector<StepInput>>(&input.content)) {
                collect(*list, slots);
            }
        }
    }

    PlanOptions options_;
    Plan plan_;
    std::map<std::string, Slot> slots_;
    Slot next_slot_ = 0;
};

Result<Plan> Plan::make(const pt2::Graph& graph, const PlanOptions& options) {
    return PlanMaker(options).make(graph);
}

namespace {

struct Run {
    std::vector<IValue> values;
    bool is_training;
    c10::Device device;
};

IValue value_of(const StepInput& input, const Run& run) {
    if (const Slot* slot = std::get_if<Slot>(&input.content)) {
        return adapted(run.values[*slot], input.type);
    }
    if (const Constant* constant = std::get_if<Constant>(&input.content)) {
        return run.is_training ? constant->training : constant->evaluation;
    }
    if (const auto* elements = std::get_if<std::vector<StepInput>>(&input.content)) {
        std::vector<IValue> values;
        for (const StepInput& element : *elements) {
            values.push_back(value_of(element, run));
        }
        return list_of(std::move(values), input.type);
    }
    return run.device;
}

std::vector<IValue> values_of(const std::vector<StepInput>& inputs, const Run& run) {
    std::vector<IValue> values;
    values.reserve(inputs.size());
    for (const StepInput& input : inputs) {
        values.push_back(value_of(input, run));
    }
    return values;
}

std::vector<IValue> run_step(const Step& step, const Run& run) {
    std::vector<IValue> stack = values_of(step.inputs, run);
    if (const auto* handle = std::get_if<c10::OperatorHandle>(&step.action)) {
        handle->callBoxed(&stack);
        return stack;
    }
    if (const auto* function = std::get_if<NumberFunction>(&step.action)) {
        return {(*function)(stack)};
    }
    const auto& region = std::get<GradientRegion>(step.action);
    const torch::AutoGradMode mode(region.is_enabled && torch::GradMode::is_enabled());
    return region.body->run(stack, run.is_training, run.device);
}

void keep_results(const Step& step, std::vector<IValue> results, Run& run) {
    for (std::size_t i = 0; i < step.outputs.size(); ++i) {
        const StepOutput& output = step.outputs[i];
        if (output.is_list) {
            // The results of a region are the elements.
            const std::vector<IValue> elements =
                results.at(i).isList() ? results[i].toListRef().vec() : results;
            for (std::size_t j = 0; j < output.slots.size(); ++j) {
                run.values[output.slots[j]] = elements.at(j);
            }
        } else if (!output.slots.empty()) {
            run.values[output.slots[0]] = std::move(results.at(i));
        }
    }
}

}  // namespace

std::vector<IValue> Plan::run(const std::vector<IValue>& inputs, bool is_training,
                              const c10::Device& device) const {
    TORCH_CHECK(inputs.size() == inputs_, "the model takes ", inputs_, " tensors, not ",
                inputs.size());
    Run run{inputs, is_training, device};
    run.values.resize(slots_);
    for (const Step& step : steps_) {
        run.is_training = is_training && !step.is_frozen;
        try {
            keep_results(step,
                         step.only_in_training && !run.is_training
                             ? std::vector{value_of(step.inputs[0], run)}
                             : run_step(step, run),
                         run);
        } catch (c10::Error& error) {
            error.add_context(fmt::format("The model calls {}.", step.description));
            throw;
        }
        for (const Slot slot : step.last_used) {
            run.values[slot] = IValue();
        }
    }
    std::vector<IValue> outputs;
    for (const Slot slot : outputs_) {
        outputs.push_back(run.values[slot]);
    }
    return outputs;
}

TrainingConstants training_constants(const pt2::Graph& graph) {
    TrainingConstants found;
    for (const pt2::Node& node : graph.nodes) {
        for (const pt2::NamedArgument& input : node.inputs) {
            if (is_training_flag(node, input)) {
                found.any = true;
                found.any_on = found.any_on || std::get<bool>(input.argument.content);
            }
        }
    }
    return found;
}

}  // namespace trilby::backends
