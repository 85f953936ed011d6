// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What only the running kernel can say about this process, and no file records.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace trilby::platform {

/// CPUs in this process's affinity mask; nothing if the kernel does not say.
[[nodiscard]] std::optional<std::uint32_t> affinity_cpu_count();

/// As `uname -m` prints it.
[[nodiscard]] std::string machine_architecture();

/// Whether this process acts as root.
[[nodiscard]] bool is_root();

/// Whether permissions let this process open `path` for reading and writing; opens nothing.
[[nodiscard]] bool may_read_and_write(const std::filesystem::path& path);

/// Whether this process may open `path` as a member of its group, and for no other reason: it is
/// neither the owner nor root, and no access control list names it.
[[nodiscard]] bool is_open_by_group_alone(const std::filesystem::path& path);

/// Groups whose rights this process has.
[[nodiscard]] std::vector<std::uint32_t> groups();

/// Of the file system that `path`, or the nearest folder above it that exists, lies in.
[[nodiscard]] std::optional<std::uint64_t> total_bytes(const std::filesystem::path& path);
[[nodiscard]] std::optional<std::uint64_t> free_bytes(const std::filesystem::path& path);

/// "2.41" of the GNU C library that this program runs with; nothing with any other.
[[nodiscard]] std::optional<std::string> c_library_version();

/// How much memory this process may lock; nothing if there is no limit.
[[nodiscard]] std::optional<std::uint64_t> locked_memory_limit_bytes();

}  // namespace trilby::platform
