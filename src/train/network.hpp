// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The shapes between the layers of a network, and their order.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "train/layers.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The network's input and the output of every layer: one shape more than layers. A layer that does
/// not accept its input is ErrorCode::bad_data. `places` has the position of each layer in its
/// file, for errors; it may be empty.
[[nodiscard]] Result<std::vector<Shape>> infer_shapes(std::span<const Layer> layers,
                                                      const Shape& input,
                                                      std::span<const std::string> places = {});

/// Also checks that the network ends in one number per class.
[[nodiscard]] Result<std::vector<Shape>> check_classifier(std::span<const Layer> layers,
                                                          const Shape& input, std::int64_t classes,
                                                          std::span<const std::string> places = {});

/// The indices of the layers to compute, in their order. A ReLU commutes with a max-pool bit for
/// bit, and after the pool only a fraction of the elements is left. A ReLU of what another one gave
/// is left out: it changes nothing, and would overwrite what the gradient of the other one needs.
[[nodiscard]] std::vector<std::size_t> execution_order(std::span<const Layer> layers);

/// The number of trainable parameters; `shapes` is from infer_shapes().
[[nodiscard]] std::int64_t count_parameters(std::span<const Layer> layers,
                                            std::span<const Shape> shapes);

}  // namespace trilby::train
