// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Low-rank adapters of a trained network (LoRA: Hu et al., 2021). A weight stays as it is, and the
/// product of two small matrices is added to it. Only these two are trained.

#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::train {

inline constexpr std::string_view adapter_input = "_lora_a";   ///< of rank x inputs
inline constexpr std::string_view adapter_output = "_lora_b";  ///< of outputs x rank

/// Whether the name is that of a part of an adapter.
[[nodiscard]] bool is_of_adapter(std::string_view name);

/// The weights with their adapters added to them, in place of both. `storage` owns what is computed
/// and must live as long as the result. ErrorCode::bad_data for an adapter that does not fit.
[[nodiscard]] Result<std::vector<safetensors::TensorView>> merged(
    const std::vector<safetensors::TensorView>& weights, double scale,
    std::deque<std::vector<float>>& storage);

}  // namespace trilby::train
