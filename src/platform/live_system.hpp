// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Facts about this process that the kernel reports in calls and not in files.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trilby::platform {

/// CPUs in this process's affinity mask; nothing if the kernel does not say.
[[nodiscard]] std::optional<std::uint32_t> affinity_cpu_count();

/// The output of `uname -m`.
[[nodiscard]] std::string machine_architecture();

/// Whether the effective user is root.
[[nodiscard]] bool is_root();

/// Whether permissions let this process open `path` for reading and writing; opens nothing.
[[nodiscard]] bool may_read_and_write(const std::filesystem::path& path);

/// Whether this process may open `path` only because it is in its group: it is neither owner nor
/// root, and there is no access control list.
[[nodiscard]] bool is_open_by_group_alone(const std::filesystem::path& path);

/// The effective and the supplementary groups of this process.
[[nodiscard]] std::vector<std::uint32_t> groups();

/// The version of the GNU C library, "2.41"; nothing for another C library.
[[nodiscard]] std::optional<std::string> c_library_version();

/// RLIMIT_MEMLOCK; nothing if it is unlimited.
[[nodiscard]] std::optional<std::uint64_t> locked_memory_limit_bytes();

}  // namespace trilby::platform
