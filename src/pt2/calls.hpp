// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the calls of a graph are, apart from what they compute.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "pt2/program.hpp"

namespace trilby::pt2 {

/// The target "torch.ops.aten.relu_.default" has the base "relu" and changes its argument. A target
/// that is not one of PyTorch's own operators is a base as a whole.
struct OperatorName {
    std::string_view base;
    bool changes_argument = false;
};
/// Views into the node.
[[nodiscard]] OperatorName operator_name(const Node& node);

/// Whether a call computes nothing: it only repeats what was true when the model was exported.
[[nodiscard]] bool is_assertion(const Node& node);

/// A part of a graph with gradients on or off.
struct GradientRegion {
    bool is_enabled = true;
    std::shared_ptr<const Graph> body;
    std::size_t first_input = 0;  ///< the call's inputs from this one on are the body's
};
/// Nothing for another call, and for one that lacks the flag, the body or an input of it.
[[nodiscard]] std::optional<GradientRegion> gradient_region_of(const Node& node);

/// "aten.linear.default in layer 'net.0'", for errors.
[[nodiscard]] std::string description_of(const Node& node);

}  // namespace trilby::pt2
