// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::recurrent {
namespace {

using Names = std::vector<std::string>;

/// A kind of cell, and where ONNX has the gates that PyTorch has in another order.
struct Cell {
    const char* op_type;
    std::vector<std::size_t> gates;
    std::size_t states;  ///< hidden, and that of the cell
    Attributes attributes;
};

std::string joined(Call& call, const Names& parts, std::int64_t axis) {
    return parts.size() == 1 ? parts[0] : call.graph.node("Concat", parts, {{"axis", axis}});
}

std::string with_axis(Call& call, const std::string& value, std::int64_t axis) {
    return call.graph.node("Unsqueeze", {value, call.graph.integers({axis})});
}

std::string in_order_of(const Cell& cell, Call& call, const std::string& parameter) {
    const Names gates =
        call.graph.nodes("Split", {parameter}, cell.gates.size(), {{"axis", std::int64_t{0}}});
    Names ordered;
    for (const std::size_t gate : cell.gates) {
        ordered.push_back(gates[gate]);
    }
    return joined(call, ordered, 0);
}

/// Each parameter of the layer with one axis more, along which the directions lie.
struct LayerParameters {
    std::string input;
    std::string recurrent;
    std::string bias;
};

LayerParameters parameters_of(const Cell& cell, Call& call, std::span<const std::string> names,
                              bool has_bias) {
    const std::size_t per_direction = has_bias ? 4 : 2;
    std::array<Names, 3> parts;
    for (std::size_t first = 0; first < names.size(); first += per_direction) {
        const auto ordered = [&](std::size_t i) {
            return in_order_of(cell, call, names[first + i]);
        };
        parts[0].push_back(with_axis(call, ordered(0), 0));
        parts[1].push_back(with_axis(call, ordered(1), 0));
        if (has_bias) {
            parts[2].push_back(with_axis(call, joined(call, {ordered(2), ordered(3)}, 0), 0));
        }
    }
    return {joined(call, parts[0], 0), joined(call, parts[1], 0),
            has_bias ? joined(call, parts[2], 0) : std::string()};
}

std::string transposed(Call& call, const std::string& value, std::vector<std::int64_t> axes) {
    return call.graph.node("Transpose", {value}, {{"perm", std::move(axes)}});
}

/// The states of a layer: as many as there are directions.
std::string states_of(Call& call, const std::string& states, std::int64_t layer,
                      std::int64_t directions) {
    return call.graph.node(
        "Slice", {states, call.graph.integers({layer * directions}),
                  call.graph.integers({(layer + 1) * directions}), call.graph.integers({0})});
}

/// All layers over a whole sequence.
void recurrent(Call& call, const Cell& cell, const Names& initial) {
    const bool has_bias = call.flag("has_biases", true);
    const bool is_batch_first = call.flag("batch_first", false);
    const std::int64_t directions = call.flag("bidirectional", false) ? 2 : 1;
    const std::int64_t layers = call.integer("num_layers");
    const Names parameters = call.tensors("params");
    const auto per_layer =
        static_cast<std::size_t>(directions) * (has_bias ? std::size_t{4} : std::size_t{2});
    if (call.rank_of("input") != 3 || initial.size() != cell.states || layers < 1 ||
        std::cmp_greater(layers, parameters.size()) ||
        parameters.size() != per_layer * static_cast<std::size_t>(layers)) {
        Call::refuse("it has another form than torch.nn's");
    }
    std::string x = call.tensor("input");
    x = is_batch_first ? transposed(call, x, {1, 0, 2}) : x;
    std::vector<Names> final_states(cell.states);
    for (std::int64_t layer = 0; layer < layers; ++layer) {
        const LayerParameters own = parameters_of(
            cell, call,
            std::span(parameters).subspan(static_cast<std::size_t>(layer) * per_layer, per_layer),
            has_bias);
        Names inputs{x, own.input, own.recurrent, own.bias, ""};
        for (const std::string& states : initial) {
            inputs.push_back(states_of(call, states, layer, directions));
        }
        Attributes attributes = cell.attributes;
        attributes.push_back(
            {"hidden_size", call.meta_in("params", 1).sizes.at(1).number.value_or(0)});
        attributes.push_back(
            {"direction", std::string(directions == 2 ? "bidirectional" : "forward")});
        const Names results = call.graph.nodes(cell.op_type, inputs, 1 + cell.states, attributes);
        // Steps, directions, batch, width become steps, batch, directions x width.
        x = call.graph.node("Reshape", {transposed(call, results[0], {0, 2, 1, 3}),
                                        call.graph.integers({0, 0, -1})});
        for (std::size_t i = 0; i < cell.states; ++i) {
            final_states[i].push_back(results[1 + i]);
        }
    }
    call.gives(is_batch_first ? transposed(call, x, {1, 0, 2}) : x, 0);
    for (std::size_t i = 0; i < cell.states; ++i) {
        call.gives(joined(call, final_states[i], 0), 1 + i);
    }
}

void lstm(Call& call) {
    // PyTorch: input, forget, cell, output. ONNX: input, output, forget, cell.
    recurrent(call, {"LSTM", {0, 3, 1, 2}, 2, {}}, call.tensors("hx"));
}

void gru(Call& call) {
    // PyTorch: reset, update, new. ONNX: update, reset, new.
    recurrent(call, {"GRU", {1, 0, 2}, 1, {{"linear_before_reset", std::int64_t{1}}}},
              {call.tensor("hx")});
}

constexpr std::array all{
    OperatorRule{"lstm", lstm},
    OperatorRule{"gru", gru},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::recurrent
