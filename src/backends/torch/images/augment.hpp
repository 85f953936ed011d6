// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Random changes of training images, computed on the device.

#pragma once

#include <cstdint>
#include <torch/torch.h>

#include "train/images/settings.hpp"

namespace trilby::backends {

/// What happens to each of `count` images of height x width pixels, by `seed`: an int64 tensor with
/// a row per kind of change and a column per image, on the CPU.
[[nodiscard]] torch::Tensor draw_changes(const train::images::Settings& settings,
                                         std::int64_t count, std::int64_t height,
                                         std::int64_t width, std::uint64_t seed);

/// Images, N x height x width x channels, mirrored and moved; the border is filled with 0.
[[nodiscard]] torch::Tensor moved(const torch::Tensor& pixels,
                                  const train::images::Settings& settings,
                                  const torch::Tensor& changes);

/// Fills a square of each image, N x channels x height x width, with 0.
void cut_out(torch::Tensor& images, const train::images::Settings& settings,
             const torch::Tensor& changes);

}  // namespace trilby::backends
