// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/autocast.hpp"

#include <ATen/autocast_mode.h>
#include <torch/version.h>
#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace trilby::backends {
namespace {

void set_autocast(torch::DeviceType device, bool is_on) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(device, torch::kBFloat16);
    at::autocast::set_autocast_enabled(device, is_on);
#else
    if (device == torch::kCPU) {
        at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
        at::autocast::set_cpu_enabled(is_on);
    } else {
        at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
        at::autocast::set_enabled(is_on);
    }
#endif
}

bool cpu_has_bfloat16() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16") != 0;  // CPUs with AMX have it too
#elif defined(__aarch64__)
    return (::getauxval(AT_HWCAP2) & HWCAP2_BF16) != 0;
#else
    return false;
#endif
}

}  // namespace

Autocast::Autocast(train::Precision precision, torch::DeviceType device)
    : device_(device), is_on_(precision == train::Precision::bfloat16) {
    if (is_on_) {
        set_autocast(device_, true);
    }
}

Autocast::~Autocast() {
    if (is_on_) {
        set_autocast(device_, false);
        at::autocast::clear_cache();  // it has copies of the weights, which will change
    }
}

bool has_bfloat16(torch::Device device) {
    return device.is_cpu() && cpu_has_bfloat16();
}

}  // namespace trilby::backends
