// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Calls our own kernels with LibTorch's tensors.

#pragma once

#include <c10/core/DeviceGuard.h>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <torch/torch.h>

#include "backends/kernels/kernels.hpp"

namespace trilby::backends {

/// Throws the runtime's error message.
inline void require_ok(gpu::Status status) {
    if (!status.is_ok()) {
        throw std::runtime_error(gpu::text_of(status));
    }
}

/// Starts a kernel on `device`. LibTorch may have its own copy of the vendor's runtime with its own
/// current device, so that both are set each time.
template <class Start>
void launch(torch::Device device, const Start& start) {
    const c10::DeviceGuard guard(device);
    require_ok(gpu::select_device(device.is_cpu() ? 0 : device.index()));
    require_ok(start());
}

/// The words of a contiguous tensor of int64, in the type that kernels take.
inline std::uint64_t* words_of(const torch::Tensor& tensor) {
    return reinterpret_cast<std::uint64_t*>(tensor.data_ptr<std::int64_t>());
}

/// A counter of wrong words in the memory of the device, for kernels.
class WrongWordCount {
  public:
    explicit WrongWordCount(torch::Device device)
        : counted_(torch::zeros({sizeof(gpu::WrongWords) / sizeof(std::int64_t)},
                                torch::TensorOptions(device).dtype(torch::kInt64))) {}

    [[nodiscard]] gpu::WrongWords* get() const {
        return reinterpret_cast<gpu::WrongWords*>(counted_.data_ptr<std::int64_t>());
    }
    /// Waits for the kernels.
    [[nodiscard]] gpu::WrongWords read() const {
        const torch::Tensor host = counted_.to(torch::kCPU);
        gpu::WrongWords wrong{};
        std::memcpy(&wrong, host.data_ptr<std::int64_t>(), sizeof wrong);
        return wrong;
    }

  private:
    torch::Tensor counted_;
};

}  // namespace trilby::backends
