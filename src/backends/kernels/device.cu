// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cctype>

#include "backends/kernels/gpu_runtime.hpp"

namespace trilby::gpu {
namespace {

template <class Code>
Status status_of(Code code) {
    return {static_cast<int>(code)};
}

/// In lower case, since the runtimes differ in that.
std::string pci_address_of(int index) {
    char text[64] = {};
    if (TRILBY_GPU(DeviceGetPCIBusId)(text, sizeof text, index) != TRILBY_GPU(Success)) {
        return {};
    }
    std::string address = text;
    for (char& letter : address) {
        letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    return address;
}

}  // namespace

const char* backend_name() {
    return TRILBY_GPU_BACKEND;
}

const char* text_of(Status status) {
    return TRILBY_GPU(GetErrorString)(static_cast<TRILBY_GPU(Error_t)>(status.code));
}

bool has_driver() {
    int version = 0;
    return TRILBY_GPU(DriverGetVersion)(&version) == TRILBY_GPU(Success) && version > 0;
}

int runtime_version() {
    int version = 0;
    return TRILBY_GPU(RuntimeGetVersion)(&version) == TRILBY_GPU(Success) ? version : 0;
}

Status count_devices(int* count) {
    *count = 0;
    const auto code = TRILBY_GPU(GetDeviceCount)(count);
    return code == TRILBY_GPU(ErrorNoDevice) ? Status{} : status_of(code);
}

Status describe_device(int index, DeviceFacts* facts) {
    Properties properties = {};
    const auto code = TRILBY_GPU(GetDeviceProperties)(&properties, index);
    if (code == TRILBY_GPU(Success)) {
        *facts = {properties.name, pci_address_of(index), architecture_of(properties),
                  properties.totalGlobalMem, static_cast<unsigned>(properties.multiProcessorCount)};
    }
    return status_of(code);
}

Status select_device(int index) {
    return status_of(TRILBY_GPU(SetDevice)(index));
}

Status wait() {
    return status_of(TRILBY_GPU(DeviceSynchronize)());
}

Status allocate(std::size_t bytes, void** memory) {
    return status_of(TRILBY_GPU(Malloc)(memory, bytes));
}

Status release(void* memory) {
    return status_of(TRILBY_GPU(Free)(memory));
}

Status copy_to_device(void* device, const void* host, std::size_t bytes) {
    return status_of(TRILBY_GPU(Memcpy)(device, host, bytes, TRILBY_GPU(MemcpyHostToDevice)));
}

Status copy_to_host(void* host, const void* device, std::size_t bytes) {
    return status_of(TRILBY_GPU(Memcpy)(host, device, bytes, TRILBY_GPU(MemcpyDeviceToHost)));
}

Status copy_on_device(void* to, const void* from, std::size_t bytes) {
    return status_of(TRILBY_GPU(MemcpyAsync)(to, from, bytes, TRILBY_GPU(MemcpyDeviceToDevice)));
}

Status set_to_zero(void* device, std::size_t bytes) {
    return status_of(TRILBY_GPU(Memset)(device, 0, bytes));
}

}  // namespace trilby::gpu
