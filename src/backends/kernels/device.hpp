// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The devices that the kernels run on, and their memory, through the vendor's runtime.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace trilby::gpu {

/// The name of the backend for which the kernels were compiled.
const char* backend_name();

/// The status of a call in the numbers of the runtime; 0 is success.
struct [[nodiscard]] Status {
    int code = 0;

    [[nodiscard]] bool is_ok() const { return code == 0; }
};

/// The runtime's message for it, which lives as long as the process.
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
/// The version of the runtime in the numbers of its vendor; 0 if there is none.
int runtime_version();
/// Success with 0 devices where the driver works but has none.
Status count_devices(int* count);
Status describe_device(int index, DeviceFacts* facts);
/// Makes it the current device of this thread.
Status select_device(int index);

/// Returns once the device has finished its work.
Status wait();

/// Memory of the current device, which the caller releases.
Status allocate(std::size_t bytes, void** memory);
Status release(void* memory);
Status copy_to_device(void* device, const void* host, std::size_t bytes);
Status copy_to_host(void* host, const void* device, std::size_t bytes);
/// Copies with the runtime, perhaps by a copy engine; may return before it is done, as kernels do.
Status copy_on_device(void* to, const void* from, std::size_t bytes);
Status set_to_zero(void* device, std::size_t bytes);

}  // namespace trilby::gpu
