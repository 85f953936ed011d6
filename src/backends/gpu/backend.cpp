// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/gpu/backend.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>

#include "backends/kernels/device.hpp"
#include "backends/torch/jobs.hpp"
#include "backends/torch/runtime.hpp"
#include "base/try.hpp"
#include "install/version.hpp"

namespace trilby::backends {
namespace {

constexpr const char* doctor_hint = "'trilby doctor' says what is missing";

std::unexpected<Error> refused(ErrorCode code, const std::string& why) {
    return failure(code, fmt::format("{} does not start: {}", gpu::backend_name(), why),
                   doctor_hint);
}

/// The worker reads a missing input as a missing device.
std::unexpected<Error> has_no_device(const std::string& why) {
    return refused(ErrorCode::no_input, why);
}

std::unexpected<Error> is_broken(const std::string& why) {
    return refused(ErrorCode::failed, why);
}

/// cuBLAS repeats its results only with its own workspace; it reads the variable once.
void prepare_environment() {
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
}

Result<int> count_devices() {
    int count = 0;
    if (const gpu::Status status = gpu::count_devices(&count); !status.is_ok()) {
        return gpu::has_driver() ? is_broken(gpu::text_of(status))
                                 : has_no_device(gpu::text_of(status));
    }
    if (count == 0) {
        return has_no_device("its runtime sees no device");
    }
    return count;
}

/// LibTorch keeps its own list of devices, which must be the same.
Result<void> compare_with_libtorch(int count) {
    const auto seen = static_cast<int>(torch::cuda::device_count());
    if (seen != count) {
        return is_broken(fmt::format("the runtime sees {} devices, LibTorch {} sees {}", count,
                                     TORCH_VERSION, seen));
    }
    return {};
}

Result<Device> describe(int index) {
    gpu::DeviceFacts facts;
    if (const gpu::Status status = gpu::describe_device(index, &facts); !status.is_ok()) {
        return is_broken(fmt::format("device {}: {}", index, gpu::text_of(status)));
    }
    return Device{facts.name, facts.pci_address, facts.memory_bytes};
}

Result<std::vector<Device>> start() {
    prepare_environment();
    TRILBY_TRY(count, count_devices());
    TRILBY_CHECK(compare_with_libtorch(count));
    configure_runtime();
    std::vector<Device> devices;
    for (int index = 0; index < count; ++index) {
        TRILBY_TRY(device, describe(index));
        devices.push_back(std::move(device));
    }
    return devices;
}

}  // namespace

const Definition& gpu_backend() {
    static const Definition gpu{.name = gpu::backend_name(),
                                .version = version,
                                .start = start,
                                .jobs = torch_jobs(),
                                .classify = classify_exception,
                                .explain = explain_exception};
    return gpu;
}

}  // namespace trilby::backends
