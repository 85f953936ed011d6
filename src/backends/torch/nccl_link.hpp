// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What NCCL or RCCL needs to know about the backend and the devices of LibTorch.

#pragma once

#include <string>
#include <torch/torch.h>

#include "group/nccl.hpp"

namespace trilby::backends {

/// "libnccl.so.2", or "librccl.so.1" for ROCm.
[[nodiscard]] std::string nccl_library();

/// Follows the default stream of the device. A CPU has none: its work is done when a call returns.
[[nodiscard]] group::NcclCommunicator::Follow follow_default_stream(torch::Device device);

}  // namespace trilby::backends
