// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Runs kernels that lower.py made for the host. Each work item is a fiber, which runs until its
/// next barrier or its end; then another one of its group runs.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace trilby::gpu::on_host {

using Kernel = void(void** arguments);

struct Launch {
    Kernel* kernel = nullptr;
    void** arguments = nullptr;
    unsigned groups = 0;
    unsigned group_size = 0;
    std::vector<std::span<std::byte>> shared_memory;
};

/// Returns what is wrong with the kernel; an empty text if it ran to its end.
[[nodiscard]] std::string run(const Launch& launch);

}  // namespace trilby::gpu::on_host
