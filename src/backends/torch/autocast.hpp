// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <torch/torch.h>

#include "train/precision.hpp"

namespace trilby::backends {

/// As long as it exists, the calling thread computes convolutions and matrix products on a device
/// in `precision`, from and with float32 weights. Other operations keep the type of their input, so
/// what follows a product may be bfloat16 too.
class Autocast {
  public:
    Autocast(train::Precision precision, torch::DeviceType device);
    ~Autocast();
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

  private:
    torch::DeviceType device_;
    bool is_on_;
};

/// Whether the device has instructions for products in bfloat16: without them, it is many times
/// slower than float32. Known for CPUs only.
[[nodiscard]] bool has_bfloat16(torch::Device device);

}  // namespace trilby::backends
