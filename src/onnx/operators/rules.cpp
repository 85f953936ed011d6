// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/operators/rules.hpp"

#include <algorithm>
#include <array>

namespace trilby::onnx {

Rule find_rule(std::string_view name) {
    const std::array families{activations::rules(), arithmetic::rules(), attention::rules(),
                              indexing::rules(),    layers::rules(),     norms::rules(),
                              numbers::rules(),     pooling::rules(),    recurrent::rules(),
                              reductions::rules(),  shapes::rules(),     values::rules()};
    for (const std::span<const OperatorRule> rules : families) {
        const auto found = std::ranges::find(rules, name, &OperatorRule::name);
        if (found != rules.end()) {
            return found->rule;
        }
    }
    return nullptr;
}

}  // namespace trilby::onnx
