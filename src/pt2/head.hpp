// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The last layer of a model, which fine-tuning replaces where the classes are others.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pt2/program.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

struct Head {
    std::string weight;  ///< of outputs x inputs
    std::string bias;    ///< empty if there is none
    std::string result;  ///< in the graph

    /// Whether the target of an input is the weight or the bias.
    [[nodiscard]] bool has(std::string_view target) const {
        return !target.empty() && (target == weight || target == bias);
    }
};

/// ErrorCode::bad_data if the result of the model is not that of a linear layer with parameters of
/// its own.
[[nodiscard]] Result<Head> find_head(const Program& program);

/// Gives the head another number of outputs: in its tensors, which are then dense, and in the shape
/// of the result.
void resize_head(Program& program, const Head& head, std::int64_t outputs);

}  // namespace trilby::pt2
