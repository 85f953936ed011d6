// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The CPUs on which a thread may run.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace trilby::platform {

/// The CPUs in the affinity mask of this thread, in ascending order; nothing if the kernel does not
/// say.
[[nodiscard]] std::optional<std::vector<std::uint32_t>> affinity_cpus();

/// Lets this thread run only on `cpu`. False if the system does not allow that, or if the CPU is
/// offline.
[[nodiscard]] bool pin_to_cpu(std::uint32_t cpu);

}  // namespace trilby::platform
