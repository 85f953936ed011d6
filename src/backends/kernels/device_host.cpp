// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// device.hpp for kernels on the CPU: one device, whose work is done when a call returns.

#include <cstdlib>
#include <cstring>
#include <thread>

#include "backends/kernels/device.hpp"

namespace trilby::gpu {
namespace {

enum Code : int { success, no_such_device, out_of_memory };

}  // namespace

const char* backend_name() {
    return "cpu";
}

const char* text_of(Status status) {
    switch (status.code) {
        case success:
            return "no error";
        case no_such_device:
            return "there is only device 0";
        case out_of_memory:
            return "out of memory";
        default:
            return "unknown error";
    }
}

bool has_driver() {
    return true;
}

int runtime_version() {
    return 0;
}

Status count_devices(int* count) {
    *count = 1;
    return {};
}

Status describe_device(int index, DeviceFacts* facts) {
    if (index != 0) {
        return {no_such_device};
    }
    *facts = {.name = "CPU", .compute_units = std::thread::hardware_concurrency()};
    return {};
}

Status select_device(int index) {
    return {index == 0 ? success : no_such_device};
}

Status wait() {
    return {};
}

Status allocate(std::size_t bytes, void** memory) {
    *memory = std::malloc(bytes);
    return {*memory == nullptr && bytes != 0 ? out_of_memory : success};
}

Status release(void* memory) {
    std::free(memory);
    return {};
}

Status copy_to_device(void* device, const void* host, std::size_t bytes) {
    std::memcpy(device, host, bytes);
    return {};
}

Status copy_to_host(void* host, const void* device, std::size_t bytes) {
    std::memcpy(host, device, bytes);
    return {};
}

Status copy_on_device(void* to, const void* from, std::size_t bytes) {
    std::memcpy(to, from, bytes);
    return {};
}

Status set_to_zero(void* device, std::size_t bytes) {
    std::memset(device, 0, bytes);
    return {};
}

}  // namespace trilby::gpu
