// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What only the running kernel can say about this process, and no file records.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace trilby::platform {

/// CPUs in this process's affinity mask; nothing if the kernel does not say.
[[nodiscard]] std::optional<std::uint32_t> affinity_cpu_count();

/// As `uname -m` prints it.
[[nodiscard]] std::string machine_architecture();

/// Whether permissions let this process open `path` for reading and writing; opens nothing.
[[nodiscard]] bool may_read_and_write(const std::filesystem::path& path);

}  // namespace trilby::platform
