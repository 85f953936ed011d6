// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The devices that the kernels run on, and their memory, through the vendor's runtime.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace trilby::gpu {

/// "cuda", "rocm" or "cpu": what the kernels were compiled for.
const char* backend_name();

/// How a call of the runtime ended, in its own numbers; 0 is success.
struct [[nodiscard]] Status {
    int code = 0;

    [[nodiscard]] bool is_ok() const { return code == 0; }
};

/// The runtime's words for it. Lives as long as the process.
const char* text_of(Status status);

struct DeviceFacts {
    std::string name;
    std::string pci_address;   ///< such as "0000:01:00.0"; empty if it is not on a PCI bus
    std::string architecture;  ///< such as "9.0" or "gfx1100"
    std::uint64_t memory_bytes = 0;
    unsigned compute_units = 0;
};

/// Whether the system has a driver for such devices at all.
bool has_driver();
/// As the vendor numbers the runtime that the kernels use; 0 if there is none.
int runtime_version();
/// 0 devices and success where the driver works and has none.
Status count_devices(int* count);
Status describe_device(int index, DeviceFacts* facts);
/// Makes it the current device of this thread.
Status select_device(int index);

/// Returns once the device has done all that it was given.
Status wait();

/// Memory of the current device, which the caller gives back.
Status allocate(std::size_t bytes, void** memory);
Status release(void* memory);
Status copy_to_device(void* device, const void* host, std::size_t bytes);
Status copy_to_host(void* host, const void* device, std::size_t bytes);
/// By the runtime's own way, a copy engine perhaps; may return before it is done, as kernels do.
Status copy_on_device(void* to, const void* from, std::size_t bytes);
Status set_to_zero(void* device, std::size_t bytes);

}  // namespace trilby::gpu
