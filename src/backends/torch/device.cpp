// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/device.hpp"

namespace trilby::backends {

torch::Device torch_device(std::string_view backend, std::int64_t index) {
    return backend == "cpu" ? torch::Device(torch::kCPU)
                            : torch::Device(torch::kCUDA, static_cast<torch::DeviceIndex>(index));
}

void wait_for(torch::Device device) {
    if (device.is_cuda()) {  // the work of a CPU is done when a call returns
        torch::cuda::synchronize(device.index());
    }
}

}  // namespace trilby::backends
