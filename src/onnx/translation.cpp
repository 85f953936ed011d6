// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/translation.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/try.hpp"
#include "onnx/call.hpp"
#include "onnx/operators/rules.hpp"
#include "pt2/calls.hpp"

namespace trilby::onnx {
namespace {

using pt2::InputSpec;
using pt2::Node;
using pt2::Program;
using pt2::StoredTensor;

constexpr const char* output_name = "output";

/// Operators whose result may lie in the memory of their first argument.
constexpr std::array<std::string_view, 33> views{"alias",
                                                 "alpha_dropout",
                                                 "chunk",
                                                 "contiguous",
                                                 "detach",
                                                 "dropout",
                                                 "expand",
                                                 "expand_as",
                                                 "feature_alpha_dropout",
                                                 "feature_dropout",
                                                 "flatten",
                                                 "lift_fresh",
                                                 "narrow",
                                                 "numpy_T",
                                                 "permute",
                                                 "reshape",
                                                 "reshape_as",
                                                 "select",
                                                 "slice",
                                                 "split",
                                                 "split_with_sizes",
                                                 "squeeze",
                                                 "swapaxes",
                                                 "t",
                                                 "to",
                                                 "transpose",
                                                 "type_as",
                                                 "unbind",
                                                 "unflatten",
                                                 "unsqueeze",
                                                 "view",
                                                 "view_as",
                                                 "broadcast_to"};

/// ONNX has values and no memory. A call that changes its argument gives a new value, which is
/// right as long as nothing else that shares the memory is used afterwards.
class SharedMemory {
  public:
    void add_result(const Node& node, const std::string& argument, bool is_view) {
        for (const pt2::Output& output : node.outputs) {
            for (const std::string& name : output.names) {
                if (is_view) {
                    join(name, argument);
                }
            }
        }
    }
    /// `name` may lie in the memory of `other`.
    void join(const std::string& name, const std::string& other) {
        const std::size_t group = group_of(other);
        groups_[name] = group;
        members_[group].push_back(name);
    }
    /// `result` is what `argument` became.
    void change(const std::string& argument, const std::string& result) {
        const std::size_t group = group_of(argument);
        for (const std::string& name : std::exchange(members_[group], {})) {
            outdated_.insert(name);
        }
        join(result, argument);
        outdated_.erase(result);
    }
    [[nodiscard]] bool is_outdated(const pt2::Argument& argument) const {
        return pt2::any_name_in(
            argument, [this](const std::string& name) { return outdated_.contains(name); });
    }

  private:
    std::size_t group_of(const std::string& name) {
        const auto [found, is_new] = groups_.try_emplace(name, members_.size());
        if (is_new) {
            members_.push_back({name});
        }
        return found->second;
    }

    std::map<std::string, std::size_t> groups_;
    std::vector<std::vector<std::string>> members_;  ///< by group, those that are not outdated
    std::set<std::string> outdated_;
};

std::string first_argument(const Node& node) {
    return node.inputs.empty() ? std::string() : pt2::name_in(node.inputs[0].argument);
}

class Translator {
  public:
    Translator(const Program& program, const pt2::Entries& entries)
        : program_(program), entries_(entries), builder_(model_.graph) {}

    Model translate() {
        builder_.reserve(output_name);
        for (const InputSpec& input : program_.inputs) {
            if (input.kind == InputSpec::Kind::user) {
                builder_.reserve(input.name);
            }
        }
        for (const auto& [name, bytes] : entries_) {
            stored_bytes_ += bytes.size();
        }
        values_.metas = program_.graph.tensors;
        for (const InputSpec& input : program_.inputs) {
            add_input(input);
        }
        add_nodes(program_.graph);
        add_output();
        remove_what_is_unused();
        return std::move(model_);
    }

    /// The call that is translated, for errors.
    [[nodiscard]] const Node* current() const { return current_; }

  private:
    void add_input(const InputSpec& input) {
        if (input.kind == InputSpec::Kind::user) {
            model_.graph.inputs.push_back(value_info(input.name, input.name));
            values_.tensors[input.name] = input.name;
            return;
        }
        if (input.kind == InputSpec::Kind::buffer) {
            buffers_.insert(input.name);
        }
        const StoredTensor* tensor = pt2::find_tensor(program_, input.target);
        if (tensor == nullptr) {
            throw Untranslatable(fmt::format("it has no tensor '{}'", input.target));
        }
        values_.tensors[input.name] = initializer(*tensor);
    }

    /// Tied tensors are one.
    std::string initializer(const StoredTensor& tensor) {
        const auto [known, is_new] = initializers_.try_emplace(
            {tensor.entry, tensor.dtype, tensor.offset, tensor.sizes, tensor.strides}, tensor.name);
        if (is_new) {
            known->second = builder_.unused_name(tensor.name);
            model_.graph.initializers.emplace_back(
                known->second, Tensor{data_type_of(tensor.dtype), tensor.sizes, values_of(tensor)});
        }
        return known->second;
    }

    /// Tensors that overlap could have far more bytes together than the file.
    pt2::Bytes values_of(const StoredTensor& tensor) {
        pt2::Bytes values = pt2::row_major(tensor, entries_.at(tensor.entry));
        constant_bytes_ += values.size();
        if (constant_bytes_ > stored_bytes_) {
            throw Untranslatable("its tensors overlap");
        }
        return values;
    }

    ValueInfo value_info(const std::string& name, const std::string& value) {
        const auto meta = values_.metas.find(value);
        if (meta == values_.metas.end()) {
            throw Untranslatable(fmt::format("the shape of '{}' is not known", value));
        }
        ValueInfo info{name, data_type_of(meta->second.dtype), {}};
        for (const pt2::Size& size : meta->second.sizes) {
            info.shape.push_back(size.number ? Dimension(*size.number)
                                             : Dimension(symbol(size.expression)));
        }
        return info;
    }

    /// The first extent that is not fixed is the batch.
    std::string symbol(const std::string& expression) {
        const std::string name =
            symbols_.empty() ? "batch" : fmt::format("size_{}", symbols_.size());
        return symbols_.try_emplace(expression, name).first->second;
    }

    void add_nodes(const pt2::Graph& graph) {
        for (const Node& node : graph.nodes) {
            if (pt2::is_assertion(node)) {
                continue;
            }
            current_ = &node;
            if (const auto region = pt2::gradient_region_of(node)) {
                add_region(node, *region);
            } else {
                add_call(node);
            }
        }
    }

    void add_call(const Node& node) {
        const pt2::OperatorName name = pt2::operator_name(node);
        refuse_outdated(node);
        const std::string argument = first_argument(node);
        if (name.changes_argument && buffers_.contains(argument)) {
            keep_buffer(node, argument);
            return;
        }
        const Rule rule = find_rule(name.base);
        if (rule == nullptr) {
            throw Untranslatable("which has no counterpart in ONNX");
        }
        Call call(node, values_, builder_);
        rule(call);
        if (name.changes_argument) {
            memory_.change(argument, node.outputs.at(0).names.at(0));
        } else {
            memory_.add_result(node, argument, std::ranges::find(views, name.base) != views.end());
        }
    }

    /// Evaluation does not change the buffers.
    void keep_buffer(const Node& node, const std::string& argument) {
        for (const pt2::Output& output : node.outputs) {
            for (const std::string& name : output.names) {
                values_.tensors[name] = values_.tensors.at(argument);
                buffers_.insert(name);
            }
        }
    }

    void refuse_outdated(const pt2::Argument& argument) const {
        if (memory_.is_outdated(argument)) {
            throw Untranslatable("with a tensor whose memory another call changed");
        }
    }

    void refuse_outdated(const Node& node) const {
        for (const pt2::NamedArgument& input : node.inputs) {
            refuse_outdated(input.argument);
        }
    }

    /// Gradients do not matter here, so that its calls are like all others. Its names are its own.
    void add_region(const Node& node, const pt2::GradientRegion& region) {
        const pt2::Graph& body = *region.body;
        refuse_outdated(node);
        refuse_known_names(body);
        for (std::size_t i = 0; i < body.inputs.size(); ++i) {
            define(body.inputs[i], pt2::name_in(node.inputs[region.first_input + i].argument));
        }
        for (const auto& [name, meta] : body.tensors) {
            values_.metas.insert_or_assign(name, meta);
        }
        add_nodes(body);
        current_ = &node;
        std::size_t index = 0;
        for (const pt2::Output& output : node.outputs) {
            for (const std::string& name : output.names) {
                const pt2::Argument& result = body.outputs.at(index++);
                refuse_outdated(result);
                define(name, pt2::name_in(result));
            }
        }
    }

    /// What a body makes must not replace what the graph around it made. Its inputs may have the
    /// names of their values.
    void refuse_known_names(const pt2::Graph& body) const {
        for (const Node& node : body.nodes) {
            for (const pt2::Output& output : node.outputs) {
                for (const std::string& name : output.names) {
                    if (values_.tensors.contains(name) || values_.numbers.contains(name)) {
                        throw Untranslatable("with a name that the graph around it has too");
                    }
                }
            }
        }
    }

    /// `name` is another name of a value.
    void define(const std::string& name, const std::string& value) {
        if (name == value) {
            return;
        }
        if (const auto tensor = values_.tensors.find(value); tensor != values_.tensors.end()) {
            values_.tensors.insert_or_assign(name, tensor->second);
            memory_.join(name, value);
        } else if (const auto number = values_.numbers.find(value);
                   number != values_.numbers.end()) {
            values_.numbers.insert_or_assign(name, number->second);
        } else {
            throw Untranslatable("with a value that it does not have");
        }
        if (buffers_.contains(value)) {
            buffers_.insert(name);
        }
    }

    void add_output() {
        current_ = nullptr;
        for (std::size_t i = 0; i < program_.outputs.size(); ++i) {
            if (program_.outputs[i].kind != pt2::OutputSpec::Kind::user) {
                continue;
            }
            refuse_outdated(program_.graph.outputs.at(i));
            const std::string value = pt2::name_in(program_.graph.outputs.at(i));
            if (!model_.graph.outputs.empty() || !values_.tensors.contains(value)) {
                throw Untranslatable("it gives several results, or one that is no tensor");
            }
            model_.graph.nodes.push_back(
                {"Identity", {values_.tensors.at(value)}, {output_name}, {}});
            model_.graph.outputs.push_back(value_info(output_name, value));
        }
    }

    /// Such as the counters of batch norms, which only the training uses, or the categories of a
    /// table that has none.
    void remove_what_is_unused() {
        std::set<std::string> used;
        for (const onnx::Node& node : model_.graph.nodes) {
            used.insert(node.inputs.begin(), node.inputs.end());
        }
        std::erase_if(model_.graph.initializers,
                      [&](const auto& initializer) { return !used.contains(initializer.first); });
        std::erase_if(model_.graph.inputs,
                      [&](const ValueInfo& input) { return !used.contains(input.name); });
    }

    using Sizes = std::vector<std::int64_t>;
    using Place = std::tuple<std::string, pt2::ScalarType, std::int64_t, Sizes, Sizes>;

    const Program& program_;
    const pt2::Entries& entries_;
    Model model_;
    GraphBuilder builder_;
    Values values_;
    SharedMemory memory_;
    std::set<std::string> buffers_;
    std::map<Place, std::string> initializers_;
    std::map<std::string, std::string> symbols_;
    std::uint64_t stored_bytes_ = 0;
    std::uint64_t constant_bytes_ = 0;
    const Node* current_ = nullptr;
};

std::unexpected<Error> not_translated(const Node* node, const std::string& why) {
    return failure(ErrorCode::bad_data,
                   node == nullptr
                       ? fmt::format("the model cannot be written as ONNX: {}", why)
                       : fmt::format("the model calls {}, {}", pt2::description_of(*node), why),
                   "write it as safetensors or pt2, or compute it in another way in the model");
}

}  // namespace

Result<Model> translate(const Program& program, const pt2::Entries& entries) {
    Translator translator(program, entries);
    try {
        return translator.translate();
    } catch (const Untranslatable& refusal) {
        return not_translated(translator.current(), refusal.what());
    } catch (const std::logic_error&) {  // out_of_range and length_error
        return not_translated(translator.current(), "with arguments that do not fit it");
    }
}

Result<Model> translate(const pt2::File& file, std::span<const safetensors::TensorView> values) {
    TRILBY_TRY(filled, pt2::with_values(file, values));
    return translate(filled.program, filled.entries);
}

}  // namespace trilby::onnx
