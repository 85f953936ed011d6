// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <torch/torch.h>

namespace trilby::backends {

/// The LibTorch device of a backend's device number; every backend defines its own.
torch::Device torch_device(std::int64_t index);

/// Waits until the device has finished all of its work.
void wait_for(torch::Device device);

}  // namespace trilby::backends
