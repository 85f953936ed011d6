// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/recorded/any_batch.hpp"

#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/try.hpp"

namespace trilby::backends {
namespace {

using pt2::Argument;

constexpr const char* batch_name = "batch_size";

std::unexpected<Error> depends_otherwise(std::string_view what) {
    return failure(ErrorCode::bad_data,
                   fmt::format("{} depends on the size of the batch in another way than as a "
                               "multiple of it",
                               what),
                   "write it as safetensors");
}

class Joiner {
  public:
    explicit Joiner(RecordedTwice recorded) : recorded_(std::move(recorded)) {}

    Result<RecordedCalls> join() {
        pt2::Graph& graph = recorded_.calls.graph;
        const pt2::Graph& other = recorded_.other_calls.graph;
        if (graph.nodes.size() != other.nodes.size()) {
            return depends_otherwise("what the network computes");
        }
        for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
            TRILBY_CHECK(join_calls(graph.nodes[i], other.nodes[i]));
        }
        for (auto& [name, meta] : graph.tensors) {
            TRILBY_CHECK(join_shapes(meta, other.tensors.at(name)));
        }
        TRILBY_CHECK(compare_tensors());
        graph.nodes.insert(graph.nodes.begin(), sizes_.begin(), sizes_.end());
        return std::move(recorded_.calls);
    }

  private:
    /// How many times the batch both numbers are.
    [[nodiscard]] std::optional<std::int64_t> factor_of(std::int64_t number,
                                                        std::int64_t other) const {
        const std::int64_t factor = number / recorded_.batch;
        const bool fits =
            factor * recorded_.batch == number && factor * recorded_.other_batch == other;
        return fits ? std::optional(factor) : std::nullopt;
    }

    Result<void> join_calls(pt2::Node& call, const pt2::Node& other) {
        if (call.target != other.target || call.inputs.size() != other.inputs.size()) {
            return depends_otherwise("what the network computes");
        }
        for (std::size_t i = 0; i < call.inputs.size(); ++i) {
            if (!join_arguments(call.inputs[i].argument, other.inputs[i].argument)) {
                return depends_otherwise(
                    fmt::format("'{}' of {}", call.inputs[i].name, call.target));
            }
        }
        return {};
    }

    bool join_arguments(Argument& argument, const Argument& other) {
        if (argument.content.index() != other.content.index()) {
            return false;
        }
        if (auto* elements = std::get_if<pt2::Arguments>(&argument.content)) {
            const auto& others = std::get<pt2::Arguments>(other.content);
            bool is_joined = elements->size() == others.size();
            for (std::size_t i = 0; is_joined && i < elements->size(); ++i) {
                is_joined = join_arguments((*elements)[i], others[i]);
            }
            return is_joined;
        }
        if (const auto* value = std::get_if<pt2::Value>(&argument.content)) {
            return value->name == std::get<pt2::Value>(other.content).name;
        }
        if (const auto* real = std::get_if<double>(&argument.content)) {
            return *real == std::get<double>(other.content);
        }
        if (const auto* truth = std::get_if<bool>(&argument.content)) {
            return *truth == std::get<bool>(other.content);
        }
        if (const auto* text = std::get_if<std::string>(&argument.content)) {
            return *text == std::get<std::string>(other.content);
        }
        const auto* number = std::get_if<std::int64_t>(&argument.content);
        return number == nullptr ||
               join_numbers(argument, *number, std::get<std::int64_t>(other.content));
    }

    bool join_numbers(Argument& argument, std::int64_t number, std::int64_t other) {
        if (number == other) {
            return true;
        }
        const auto factor = factor_of(number, other);
        if (factor) {
            argument.content = pt2::Value{size_for(*factor)};
        }
        return factor.has_value();
    }

    /// The name of `factor` times the size of the batch.
    std::string size_for(std::int64_t factor) {
        if (sizes_.empty()) {
            const std::string& input = recorded_.calls.graph.inputs.front();
            sizes_.push_back({.target = "torch.ops.aten.sym_size.int",
                              .inputs = {{"self", {pt2::Value{input}}}, {"dim", {std::int64_t{0}}}},
                              .outputs = {{{batch_name}, false}}});
        }
        if (factor == 1) {
            return batch_name;
        }
        const std::string name = fmt::format("{}_{}", batch_name, factor);
        sizes_.push_back({.target = "_operator.mul",
                          .inputs = {{"", {pt2::Value{batch_name}}}, {"", {factor}}},
                          .outputs = {{{name}, false}}});
        return name;
    }

    Result<void> join_shapes(pt2::TensorMeta& meta, const pt2::TensorMeta& other) {
        if (meta.sizes.size() != other.sizes.size()) {
            return depends_otherwise("a shape");
        }
        for (std::size_t i = 0; i < meta.sizes.size(); ++i) {
            const std::int64_t size = meta.sizes[i].number.value_or(0);
            if (other.sizes[i].number == size) {
                continue;
            }
            const auto factor = factor_of(size, other.sizes[i].number.value_or(0));
            if (!factor) {
                return depends_otherwise("a shape");
            }
            meta.sizes[i] = {std::nullopt, fmt::format("{} * batch", *factor)};
        }
        return {};
    }

    /// Constants that the network made for the batch are none.
    [[nodiscard]] Result<void> compare_tensors() const {
        const auto& others = recorded_.other_calls.tensors;
        for (const auto& [name, tensor] : recorded_.calls.tensors) {
            const auto other = others.find(name);
            if (other == others.end() || !torch::equal(tensor, other->second)) {
                return depends_otherwise("a constant");
            }
        }
        return {};
    }

    RecordedTwice recorded_;
    std::vector<pt2::Node> sizes_;
};

}  // namespace

Result<RecordedCalls> for_any_batch(RecordedTwice recorded) {
    return Joiner(std::move(recorded)).join();
}

}  // namespace trilby::backends
