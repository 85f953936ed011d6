// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What stands in ONNX for the operators of PyTorch. A rule serves all overloads of an operator,
/// and its form that changes its first argument too.

#pragma once

#include <span>
#include <string_view>

#include "onnx/call.hpp"

namespace trilby::onnx {

/// Adds nodes for a call and names its results. Throws Untranslatable.
using Rule = void (*)(Call& call);

struct OperatorRule {
    std::string_view name;  ///< "conv2d"; of Python's functions "_operator.add"
    Rule rule;
};

// Each family is a file.
namespace activations {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace arithmetic {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace attention {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace indexing {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace layers {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace norms {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace numbers {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace pooling {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace recurrent {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace reductions {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace shapes {
[[nodiscard]] std::span<const OperatorRule> rules();
}
namespace values {
[[nodiscard]] std::span<const OperatorRule> rules();
}

/// Null for an operator without a counterpart.
[[nodiscard]] Rule find_rule(std::string_view name);

}  // namespace trilby::onnx
