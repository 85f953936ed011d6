// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// The part of HIP's runtime that the kernels use, on the host. There is one device. Its memory is
// the host's, and its kernels are in the shared object $TRILBY_LOWERED_KERNELS. If this is not set,
// there is no device.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <hip/hip_runtime_api.h>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "backends/kernels/work_items.hpp"

namespace trilby::gpu::on_host {
namespace {

/// Few, so that a work item has more than one index.
constexpr int compute_units = 2;

hipError_t last_error = hipSuccess;
/// The text for hipErrorLaunchFailure.
std::string failure;

/// Keeps the error for hipGetLastError().
hipError_t report(hipError_t error) {
    last_error = error;
    return error;
}

/// The lowered kernels of one compilation.
class Library {
  public:
    explicit Library(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) {
            std::fprintf(stderr, "cannot load TRILBY_LOWERED_KERNELS: %s\n", dlerror());
            std::_Exit(2);
        }
    }

    /// Null if there is none.
    [[nodiscard]] Kernel* launcher(const std::string& kernel) const {
        return reinterpret_cast<Kernel*>(dlsym(handle_, ("launch." + kernel).c_str()));
    }

    [[nodiscard]] std::vector<std::span<std::byte>> shared_memory() const {
        struct Array {
            std::byte* start;
            std::size_t bytes;
        };
        std::vector<std::span<std::byte>> arrays;
        const auto* array = static_cast<const Array*>(dlsym(handle_, "trilby_shared_arrays"));
        for (; array != nullptr && array->start != nullptr; ++array) {
            arrays.emplace_back(array->start, array->bytes);
        }
        return arrays;
    }

  private:
    void* handle_;
};

const Library* library() {
    static const std::optional<Library> loaded = [] {
        const char* path = std::getenv("TRILBY_LOWERED_KERNELS");
        return path == nullptr ? std::nullopt : std::optional<Library>(path);
    }();
    return loaded ? &*loaded : nullptr;
}

/// The names of kernels by the addresses that launches have.
std::map<const void*, std::string>& kernels() {
    static std::map<const void*, std::string> names;
    return names;
}

/// What hipMalloc() mapped, by the address that it returned.
std::map<void*, std::span<std::byte>> mappings;

std::size_t page_bytes() {
    return static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace
}  // namespace trilby::gpu::on_host

using namespace trilby::gpu::on_host;

// ---- Devices

hipError_t hipDriverGetVersion(int* version) {
    *version = 1;
    return hipSuccess;
}

hipError_t hipRuntimeGetVersion(int* version) {
    *version = 1;
    return hipSuccess;
}

hipError_t hipGetDeviceCount(int* count) {
    *count = library() == nullptr ? 0 : 1;
    return *count == 0 ? report(hipErrorNoDevice) : hipSuccess;
}

hipError_t hipSetDevice(int device) {
    return device == 0 ? hipSuccess : report(hipErrorInvalidDevice);
}

hipError_t hipGetDevice(int* device) {
    *device = 0;
    return hipSuccess;
}

hipError_t hipGetDeviceProperties(hipDeviceProp_t* properties, int device) {
    *properties = {};
    std::strcpy(properties->name, "an AMD GPU's code on the host");
    properties->multiProcessorCount = compute_units;
    return device == 0 ? hipSuccess : report(hipErrorInvalidDevice);
}

hipError_t hipDeviceGetAttribute(int* value, hipDeviceAttribute_t attribute, int device) {
    if (attribute != hipDeviceAttributeMultiprocessorCount || device != 0) {
        return report(hipErrorInvalidValue);
    }
    *value = compute_units;
    return hipSuccess;
}

hipError_t hipDeviceGetPCIBusId(char*, int, int) {
    return report(hipErrorInvalidDevice);
}

hipError_t hipDeviceSynchronize() {
    return hipSuccess;
}

hipError_t hipGetLastError() {
    return std::exchange(last_error, hipSuccess);
}

const char* hipGetErrorString(hipError_t error) {
    return error == hipErrorLaunchFailure ? failure.c_str() : "an error of HIP";
}

// ---- Memory

// The memory ends before a page without access, so a kernel that goes beyond the end crashes.
hipError_t hipMalloc(void** memory, std::size_t bytes) {
    const std::size_t page = page_bytes();
    if (bytes > std::numeric_limits<std::size_t>::max() - 2 * page) {
        return report(hipErrorOutOfMemory);
    }
    const std::size_t usable = (bytes + page - 1) / page * page;
    void* start =
        mmap(nullptr, usable + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (start == MAP_FAILED) {
        return report(hipErrorOutOfMemory);
    }
    auto* const end = static_cast<std::byte*>(start) + usable;
    mprotect(end, page, PROT_NONE);
    *memory = end - bytes;
    mappings[*memory] = {static_cast<std::byte*>(start), usable + page};
    return hipSuccess;
}

hipError_t hipFree(void* memory) {
    const auto found = mappings.find(memory);
    if (found == mappings.end()) {
        return memory == nullptr ? hipSuccess : report(hipErrorInvalidValue);
    }
    munmap(found->second.data(), found->second.size());
    mappings.erase(found);
    return hipSuccess;
}

hipError_t hipMemcpy(void* to, const void* from, std::size_t bytes, hipMemcpyKind) {
    std::memcpy(to, from, bytes);
    return hipSuccess;
}

hipError_t hipMemcpyAsync(void* to, const void* from, std::size_t bytes, hipMemcpyKind kind,
                          hipStream_t) {
    return hipMemcpy(to, from, bytes, kind);
}

hipError_t hipMemset(void* memory, int value, std::size_t bytes) {
    std::memset(memory, value, bytes);
    return hipSuccess;
}

// ---- Launches

hipError_t hipLaunchKernel(const void* function, dim3 grid, dim3 block, void** arguments,
                           std::size_t shared_bytes, hipStream_t) {
    if (library() == nullptr) {
        return report(hipErrorNoDevice);
    }
    Kernel* const kernel = library()->launcher(kernels()[function]);
    if (kernel == nullptr) {
        return report(hipErrorInvalidDeviceFunction);
    }
    if (grid.y * grid.z * block.y * block.z != 1 || block.x > 1024 || shared_bytes != 0) {
        return report(hipErrorInvalidConfiguration);
    }
    failure = run({.kernel = kernel,
                   .arguments = arguments,
                   .groups = grid.x,
                   .group_size = block.x,
                   .shared_memory = library()->shared_memory()});
    return failure.empty() ? hipSuccess : report(hipErrorLaunchFailure);
}

// What hipcc calls in each source: the configuration of a launch, between <<<>>> and the function
// that stands for the kernel on the host, and the names of kernels.
namespace {

struct Configuration {
    dim3 grid;
    dim3 block;
    std::size_t shared_bytes = 0;
    hipStream_t stream = nullptr;
};
Configuration configuration;

}  // namespace

extern "C" {

hipError_t __hipPushCallConfiguration(dim3 grid, dim3 block, std::size_t shared_bytes,
                                      hipStream_t stream) {
    configuration = {grid, block, shared_bytes, stream};
    return hipSuccess;
}

hipError_t __hipPopCallConfiguration(dim3* grid, dim3* block, std::size_t* shared_bytes,
                                     hipStream_t* stream) {
    *grid = configuration.grid;
    *block = configuration.block;
    *shared_bytes = configuration.shared_bytes;
    *stream = configuration.stream;
    return hipSuccess;
}

void** __hipRegisterFatBinary(const void* /*code*/) {
    static void* module = nullptr;
    return &module;
}

void __hipRegisterFunction(void** /*module*/, const void* function, char* /*kernel*/,
                           const char* name, unsigned /*threads*/, void* /*thread_index*/,
                           void* /*block_index*/, void* /*block*/, void* /*grid*/, int* /*wave*/) {
    kernels()[function] = name;
}

void __hipUnregisterFatBinary(void** /*module*/) {}
}
