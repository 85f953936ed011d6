// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/network.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "backends/torch/exported/arguments.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "pt2/calls.hpp"
#include "pt2/head.hpp"
#include "train/adapters.hpp"

namespace trilby::backends {
namespace {

using pt2::InputSpec;
using pt2::OutputSpec;
using torch::Tensor;
using TensorsByName = std::map<std::string, Tensor>;

constexpr std::size_t no_buffer = static_cast<std::size_t>(-1);

std::unexpected<Error> refused(std::string message, std::string hint = {}) {
    return failure(ErrorCode::bad_data, std::move(message), std::move(hint));
}

Result<Tensor> read_storage(const pt2::File& file, const std::string& name) {
    const auto* entry = file.archive().find(name);
    if (entry == nullptr) {
        return refused(fmt::format("the model has no entry '{}'", printable(name)));
    }
    Tensor bytes = torch::empty({static_cast<std::int64_t>(entry->size_bytes)}, torch::kUInt8);
    TRILBY_CHECK(file.archive().read(
        *entry, {static_cast<std::byte*>(bytes.data_ptr()), entry->size_bytes}));
    return bytes;
}

Result<c10::ScalarType> type_of(const pt2::StoredTensor& tensor) {
    const auto type = scalar_type_of(tensor.dtype);
    if (!type) {
        return refused(fmt::format("tensor '{}' has the type {}, which Trilby does not run",
                                   printable(tensor.name, 200), pt2::name_of(tensor.dtype)),
                       "export the model in float32");
    }
    return *type;
}

/// All tensors by name. Those with the same bytes, type and shape are one: they are tied.
Result<TensorsByName> read_tensors(const pt2::File& file) {
    using Place = std::tuple<std::string, c10::ScalarType, std::vector<std::int64_t>,
                             std::vector<std::int64_t>, std::int64_t>;
    std::map<std::string, Tensor> storages;
    std::map<Place, Tensor> tensors;
    TensorsByName by_name;
    for (const pt2::StoredTensor& stored : file.program().tensors) {
        TRILBY_TRY(type, type_of(stored));
        if (!storages.contains(stored.entry)) {
            TRILBY_TRY(storage, read_storage(file, stored.entry));
            storages.emplace(stored.entry, storage);
        }
        Tensor& tensor = tensors[{stored.entry, type, stored.sizes, stored.strides, stored.offset}];
        if (!tensor.defined()) {
            tensor = torch::empty({0}, type).set_(storages[stored.entry].storage(), stored.offset,
                                                  stored.sizes, stored.strides);
        }
        by_name.emplace(stored.name, tensor);
    }
    return by_name;
}

/// Makes a new head, with first weights like those of torch.nn.Linear.
void renew(const pt2::Head& head, std::int64_t outputs, TensorsByName& tensors) {
    const std::int64_t inputs = tensors.at(head.weight).size(1);
    const torch::nn::Linear layer(torch::nn::LinearOptions(inputs, outputs));
    tensors.at(head.weight) = layer->weight.detach();
    if (!head.bias.empty()) {
        tensors.at(head.bias) = layer->bias.detach();
    }
}

/// The module that has the tensor "a.b.c", which is "a.b", and the name "c" in it.
Result<std::pair<torch::nn::Module*, std::string>> place_in(torch::nn::Module& root,
                                                            const std::string& path) {
    torch::nn::Module* module = &root;
    std::size_t first = 0;
    for (std::size_t dot = path.find('.'); dot != std::string::npos; dot = path.find('.', first)) {
        const std::string name = path.substr(first, dot - first);
        const auto children = module->named_children();
        const auto* child = children.find(name);
        if (name.empty()) {
            return refused(fmt::format("'{}' is no name of a tensor", printable(path, 200)));
        }
        module =
            child != nullptr
                ? child->get()
                : module->register_module(name, std::make_shared<torch::nn::Module>(name)).get();
        first = dot + 1;
    }
    std::string name = path.substr(first);
    const bool is_taken = module->named_parameters(false).contains(name) ||
                          module->named_buffers(false).contains(name) ||
                          module->named_children().contains(name);
    if (name.empty() || is_taken) {
        return refused(
            fmt::format("'{}' is no name of a tensor, or occurs twice", printable(path, 200)));
    }
    return std::pair{module, std::move(name)};
}

/// The parameters that are weights of linear layers and not used by another layer.
std::set<std::string> linear_weights(const pt2::Program& program) {
    std::set<std::string> names;
    for (const pt2::Node& node : program.graph.nodes) {
        if (pt2::operator_name(node).base == "linear") {
            const auto weight = std::ranges::find(node.inputs, "weight", &pt2::NamedArgument::name);
            names.insert(weight == node.inputs.end() ? "" : pt2::name_in(weight->argument));
        }
    }
    std::set<std::string> weights;
    for (const InputSpec& spec : program.inputs) {
        if (names.contains(spec.name) && !pt2::is_tied(program, spec.target)) {
            weights.insert(spec.target);
        }
    }
    return weights;
}

PlanOptions options_for(const pt2::Program& program, const std::vector<std::string>& frozen) {
    const TrainingConstants constants = training_constants(program.graph);
    PlanOptions options{.was_evaluating = constants.any && !constants.any_on, .frozen = frozen};
    for (const InputSpec& input : program.inputs) {
        if (input.kind == InputSpec::Kind::buffer) {
            options.buffers.push_back(input.name);
        }
    }
    return options;
}

std::string in_words(const pt2::TensorMeta& meta) {
    const auto type = scalar_type_of(meta.dtype);
    return fmt::format("{} of type {}", pt2::sizes_in_words(meta),
                       type ? c10::toString(*type) : "unknown");
}

std::string in_words(const Tensor& tensor) {
    return fmt::format("{} of type {}", fmt::join(tensor.sizes(), " x "),
                       c10::toString(tensor.scalar_type()));
}

bool fits(const Tensor& tensor, const pt2::TensorMeta& meta) {
    return scalar_type_of(meta.dtype) == tensor.scalar_type() &&
           std::ranges::equal(tensor.sizes(), meta.sizes,
                              [](std::int64_t size, const pt2::Size& expected) {
                                  return !expected.number || *expected.number == size;
                              });
}

}  // namespace

Result<void> ExportedNetwork::add_input(const InputSpec& spec, const pt2::Program& program,
                                        const TensorsByName& tensors, const pt2::Head& new_head) {
    Input input{spec.kind, spec.target, {}, {}};
    if (spec.kind == InputSpec::Kind::user) {
        const auto meta = program.graph.tensors.find(spec.name);
        if (meta == program.graph.tensors.end()) {
            return refused(fmt::format("the input '{}' has no type", printable(spec.name, 200)));
        }
        input.meta = meta->second;
    } else {
        input.tensor = tensors.at(spec.target);
    }
    if (spec.kind == InputSpec::Kind::parameter) {
        TRILBY_TRY(place, place_in(*this, spec.target));
        if (input.tensor.scalar_type() != torch::kFloat32) {
            return refused(
                fmt::format("parameter '{}' has the type {}, expected Float",
                            printable(spec.target, 200), c10::toString(input.tensor.scalar_type())),
                "export the model in float32: model.float()");
        }
        const pt2::StoredTensor* stored = pt2::find_tensor(program, spec.target);
        input.tensor = place.first->register_parameter(
            place.second, input.tensor, stored->requires_grad || new_head.has(spec.target));
    } else if (spec.kind == InputSpec::Kind::buffer) {
        TRILBY_TRY(place, place_in(*this, spec.target));
        input.tensor = place.first->register_buffer(place.second, input.tensor);
    }
    inputs_.push_back(std::move(input));
    return {};
}

Result<std::shared_ptr<ExportedNetwork>> ExportedNetwork::load(
    const pt2::File& file, const std::string& name, const ExportedNetworkOptions& options) {
    const pt2::Program& program = file.program();
    TRILBY_TRY(plan, Plan::make(program.graph, options_for(program, options.frozen)));
    TRILBY_TRY(tensors, read_tensors(file));
    pt2::Head head;
    if (options.head_outputs > 0) {
        TRILBY_TRY(found, pt2::find_head(program));
        head = found;
        renew(head, options.head_outputs, tensors);
    }
    std::shared_ptr<ExportedNetwork> network(new ExportedNetwork(name, std::move(plan)));
    for (const InputSpec& spec : program.inputs) {
        TRILBY_CHECK(network->add_input(spec, program, tensors, head));
    }
    TRILBY_CHECK(network->add_outputs(program));
    if (options.adapter_rank > 0) {
        network->adapter_scale_ = options.adapter_scale;
        TRILBY_CHECK(network->add_adapters(program, options.adapter_rank, head));
    }
    return network;
}

/// It adds nothing at first.
Result<void> ExportedNetwork::add_adapter(Input& input, std::int64_t rank) {
    TRILBY_TRY(first, place_in(*this, input.target + std::string(train::adapter_input)));
    TRILBY_TRY(second, place_in(*this, input.target + std::string(train::adapter_output)));
    const std::int64_t outputs = input.tensor.size(0);
    const std::int64_t inputs = input.tensor.size(1);
    const double limit = 1.0 / std::sqrt(static_cast<double>(std::max<std::int64_t>(inputs, 1)));
    input.adapter_input = first.first->register_parameter(
        first.second, torch::empty({rank, inputs}).uniform_(-limit, limit));
    input.adapter_output =
        second.first->register_parameter(second.second, torch::zeros({outputs, rank}));
    return {};
}

Result<void> ExportedNetwork::add_adapters(const pt2::Program& program, std::int64_t rank,
                                           const pt2::Head& head) {
    const std::set<std::string> linear = linear_weights(program);
    bool has_any = false;
    for (Input& input : inputs_) {
        if (input.kind != InputSpec::Kind::parameter || head.has(input.target)) {
            continue;
        }
        input.tensor.set_requires_grad(false);
        if (linear.contains(input.target)) {
            TRILBY_CHECK(add_adapter(input, rank));
            has_any = true;
        }
    }
    return has_any ? Result<void>()
                   : refused("the model has no linear layer with a weight of its own for adapters",
                             "train it without adapters: remove network.lora_rank");
}

Result<void> ExportedNetwork::add_outputs(const pt2::Program& program) {
    std::size_t user_outputs = 0;
    for (const OutputSpec& output : program.outputs) {
        if (output.kind == OutputSpec::Kind::user) {
            user_output_ = changed_buffers_.size();
            ++user_outputs;
            changed_buffers_.push_back(no_buffer);
            continue;
        }
        const auto buffer = std::ranges::find_if(inputs_, [&](const Input& input) {
            return input.kind == InputSpec::Kind::buffer && input.target == output.target;
        });
        if (buffer == inputs_.end()) {
            return refused(fmt::format("the model changes '{}', which it does not have",
                                       printable(output.target, 200)));
        }
        changed_buffers_.push_back(static_cast<std::size_t>(buffer - inputs_.begin()));
    }
    return user_outputs == 1
               ? Result<void>()
               : refused(fmt::format("the model gives {} results, expected one", user_outputs),
                         "let its forward() return one tensor");
}

std::vector<c10::IValue> ExportedNetwork::values_for(const std::vector<Tensor>& inputs) {
    std::vector<c10::IValue> values;
    auto next = inputs.begin();
    for (Input& input : inputs_) {
        if (input.kind == InputSpec::Kind::user) {
            TORCH_CHECK(next != inputs.end(), "the model takes more than ", inputs.size(),
                        " tensors");
            values.emplace_back(*next++);
            continue;
        }
        if (input.kind == InputSpec::Kind::constant) {  // Module::to() does not move it
            input.tensor = input.tensor.to(inputs.at(0).device());
        }
        values.emplace_back(input.value(adapter_scale_));
    }
    return values;
}

Tensor ExportedNetwork::Input::value(double adapter_scale) const {
    return adapter_input.defined()
               ? torch::addmm(tensor, adapter_output, adapter_input, 1.0, adapter_scale)
               : tensor;
}

void ExportedNetwork::keep_buffers(const std::vector<c10::IValue>& outputs) {
    const torch::NoGradGuard no_gradients;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (changed_buffers_[i] != no_buffer) {
            inputs_[changed_buffers_[i]].tensor.copy_(outputs[i].toTensor());
        }
    }
}

Tensor ExportedNetwork::forward(const std::vector<Tensor>& inputs) {
    const std::vector<c10::IValue> outputs =
        plan_.run(values_for(inputs), is_training(), inputs.at(0).device());
    if (is_training()) {
        keep_buffers(outputs);
    }
    return outputs[user_output_].toTensor();
}

std::size_t ExportedNetwork::count_inputs() const {
    return static_cast<std::size_t>(
        std::ranges::count(inputs_, InputSpec::Kind::user, &Input::kind));
}

Result<void> ExportedNetwork::check_inputs(const std::vector<Tensor>& inputs) const {
    std::vector<const pt2::TensorMeta*> expected;
    for (const Input& input : inputs_) {
        if (input.kind == InputSpec::Kind::user) {
            expected.push_back(&input.meta);
        }
    }
    if (expected.size() != inputs.size()) {
        return refused(fmt::format("the model takes {} tensor{}, and the data give {}",
                                   expected.size(), expected.size() == 1 ? "" : "s",
                                   inputs.size()));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        const pt2::TensorMeta& meta = *expected[i];
        if (!meta.sizes.empty() && meta.sizes[0].number) {
            return refused(fmt::format("the model was exported for batches of {} examples only",
                                       *meta.sizes[0].number),
                           "export it for any batch: torch.export.export(model, (x,), "
                           "dynamic_shapes=({0: torch.export.Dim('batch')},))");
        }
        if (!fits(inputs[i], meta)) {
            return refused(fmt::format("the model takes {}, and the data give {}", in_words(meta),
                                       in_words(inputs[i])),
                           "export the model for the data, or choose data settings that fit it");
        }
    }
    return {};
}

}  // namespace trilby::backends
