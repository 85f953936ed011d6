// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/recorded/recorder.hpp"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <fmt/format.h>
#include <memory>
#include <torch/library.h>
#include <utility>

#include "backends/torch/exported/arguments.hpp"

namespace trilby::backends {
namespace {

using c10::IValue;
using pt2::Argument;
using torch::Tensor;

/// The first of all keys: calls arrive here before LibTorch divides them into others. Nothing but
/// tests uses it.
constexpr auto recording_key = c10::DispatchKey::TESTING_ONLY_GenericMode;

class Recorder {
  public:
    Recorder(const std::vector<NamedInput>& inputs, const NamedTensors& state) {
        for (const NamedInput& input : inputs) {
            add_input({pt2::InputSpec::Kind::user, input.name, {}}, input.tensor);
        }
        for (const auto& [name, tensor] : state) {
            add_state(name, tensor);
        }
    }

    void add_call(const c10::FunctionSchema& schema, const std::vector<IValue>& arguments,
                  const IValue* results) {
        const auto& name = schema.operator_name();
        pt2::Node node{
            .target = fmt::format("torch.ops.{}.{}", dotted(name.name),
                                  name.overload_name.empty() ? "default" : name.overload_name)};
        for (std::size_t i = 0; i < arguments.size(); ++i) {
            node.inputs.push_back({schema.arguments()[i].name(), argument_of(arguments[i])});
        }
        for (std::size_t i = 0; i < schema.returns().size(); ++i) {
            node.outputs.push_back(output_of(results[i], name.name));
        }
        calls_.graph.nodes.push_back(std::move(node));
    }

    RecordedCalls finish(const Tensor& result) {
        calls_.graph.outputs.push_back(argument_of(result));
        return std::move(calls_);
    }

  private:
    /// "aten::add" as "aten.add".
    static std::string dotted(std::string name) {
        const std::size_t colons = name.find("::");
        return colons == std::string::npos ? name : name.replace(colons, 2, ".");
    }

    void add_input(pt2::InputSpec spec, const Tensor& tensor) {
        names_[tensor.unsafeGetTensorImpl()] = spec.name;
        kept_.push_back(tensor);
        calls_.graph.inputs.push_back(spec.name);
        calls_.graph.tensors.emplace(spec.name, meta_of(tensor));
        if (spec.kind != pt2::InputSpec::Kind::user) {
            calls_.tensors.emplace(spec.target, tensor);
        }
        calls_.inputs.push_back(std::move(spec));
    }

    /// Copied, because its memory may not outlive the recorded function.
    void add_constant(const std::string& name, const Tensor& tensor) {
        add_input({pt2::InputSpec::Kind::constant, name, name}, tensor);
        calls_.tensors.at(name) = tensor.clone();
    }

    /// A tensor with two names, as tied weights are, has the first.
    void add_state(const std::string& name, const Tensor& tensor) {
        if (!names_.contains(tensor.unsafeGetTensorImpl())) {
            const auto kind = tensor.requires_grad() ? pt2::InputSpec::Kind::parameter
                                                     : pt2::InputSpec::Kind::buffer;
            add_input({kind, "state_" + name, name}, tensor);
        }
    }

    static pt2::TensorMeta meta_of(const Tensor& tensor) {
        const auto type = exported_type_of(tensor.scalar_type());
        TORCH_CHECK(type.has_value(), "a graph has no tensors of type ", tensor.scalar_type());
        pt2::TensorMeta meta{*type, {}};
        for (const std::int64_t size : tensor.sizes()) {
            meta.sizes.push_back({size, {}});
        }
        return meta;
    }

    Argument argument_of(const IValue& value) {
        if (value.isTensor()) {
            return tensor_argument(value.toTensor());
        }
        if (value.isList()) {
            pt2::Arguments elements;
            for (const IValue& element : value.toListRef().vec()) {
                elements.push_back(argument_of(element));
            }
            return {std::move(elements)};
        }
        return value.isBool()     ? Argument{value.toBool()}
               : value.isInt()    ? Argument{value.toInt()}
               : value.isDouble() ? Argument{value.toDouble()}
               : value.isString() ? Argument{value.toStringRef()}
               : value.isDevice() ? Argument{pt2::Device{"cpu"}}
                                  : Argument{pt2::Absent{}};
    }

    Argument tensor_argument(const Tensor& tensor) {
        if (!tensor.defined()) {
            return {pt2::Absent{}};
        }
        const auto found = names_.find(tensor.unsafeGetTensorImpl());
        if (found != names_.end()) {
            return {pt2::Value{found->second}};
        }
        const std::string name = fmt::format("constant_{}", calls_.inputs.size());
        add_constant(name, tensor);
        return {pt2::Value{name}};
    }

    pt2::Output output_of(const IValue& result, const std::string& call) {
        if (result.isTensor()) {
            return {{result_name(result.toTensor())}, false};
        }
        TORCH_CHECK(result.isTensorList(), call,
                    " gives a number of a tensor, and a graph has only tensors");
        pt2::Output output{{}, true};
        for (const IValue& element : result.toListRef().vec()) {
            output.names.push_back(result_name(element.toTensor()));
        }
        return output;
    }

    std::string result_name(const Tensor& tensor) {
        if (!tensor.defined()) {
            return {};
        }
        std::string name = fmt::format("value_{}", kept_.size());
        kept_.push_back(tensor);
        names_[tensor.unsafeGetTensorImpl()] = name;
        calls_.graph.tensors.emplace(name, meta_of(tensor));
        return name;
    }

    RecordedCalls calls_;
    std::map<const c10::TensorImpl*, std::string> names_;
    std::vector<Tensor> kept_;  ///< so that no other tensor takes the place of one in names_
};

thread_local Recorder* current = nullptr;

void record(const c10::OperatorHandle& call, torch::jit::Stack* stack) {
    const c10::impl::ExcludeDispatchKeyGuard below(recording_key);
    const auto count = static_cast<std::ptrdiff_t>(call.schema().arguments().size());
    const std::vector<IValue> arguments(stack->end() - count, stack->end());
    call.callBoxed(stack);
    current->add_call(call.schema(), arguments,
                      stack->data() + stack->size() - call.schema().returns().size());
}

}  // namespace

bool calls_are_recorded() {
    return current != nullptr;
}

RecordedCalls record_calls(const std::function<Tensor(const std::vector<Tensor>&)>& function,
                           const std::vector<NamedInput>& inputs, const NamedTensors& state) {
    torch::Library library(torch::Library::IMPL, "_", recording_key, __FILE__, __LINE__);
    library.fallback(torch::CppFunction::makeFromBoxedFunction<&record>());
    Recorder recorder(inputs, state);
    std::vector<Tensor> tensors;
    for (const NamedInput& input : inputs) {
        tensors.push_back(input.tensor);
    }
    struct Current {
        explicit Current(Recorder& recorder) { current = &recorder; }
        ~Current() { current = nullptr; }
    };
    const torch::NoGradGuard no_gradients;
    Tensor result;
    {
        const Current guard(recorder);
        const c10::impl::IncludeDispatchKeyGuard recording(recording_key);
        result = function(tensors);
    }
    return recorder.finish(result);
}

}  // namespace trilby::backends
