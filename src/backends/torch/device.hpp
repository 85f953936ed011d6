// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string_view>
#include <torch/torch.h>

namespace trilby::backends {

/// The LibTorch device for a backend's device number.
[[nodiscard]] torch::Device torch_device(std::string_view backend, std::int64_t index);

/// Waits until the device has finished all of its work.
void wait_for(torch::Device device);

}  // namespace trilby::backends
