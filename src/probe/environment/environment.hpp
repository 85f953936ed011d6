// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The sources of Environment.

#pragma once

#include "platform/file_tree.hpp"
#include <trilby/environment.hpp>

namespace trilby::sources {

using platform::FileTree;

/// All of the sources below.
[[nodiscard]] Environment read_environment(const FileTree& tree);

/// The names in machine/watched.hpp.
[[nodiscard]] std::vector<EnvironmentVariable> read_variables(const FileTree& tree);
[[nodiscard]] std::vector<FileState> read_file_states(const FileTree& tree);
[[nodiscard]] std::vector<TextFile> read_texts(const FileTree& tree);

/// Sorted by version.
[[nodiscard]] Observed<std::vector<KernelFolder>> read_kernel_folders(const FileTree& tree);
/// Logs of failed builds of NVIDIA's driver packages, as FOLDER/FILE.
[[nodiscard]] Observed<std::vector<std::string>> read_failed_builds(const FileTree& tree);
/// The lines of modprobe.d about drivers of GPUs, and udev's rules that take NVIDIA's cards off the
/// bus.
[[nodiscard]] Observed<std::vector<SettingLine>> read_module_settings(const FileTree& tree);
[[nodiscard]] Observed<std::vector<SettingLine>> read_removal_rules(const FileTree& tree);
/// "blacklist nvidia", "options nvidia_uvm uvm_disable_hmm=1" and the like.
[[nodiscard]] bool is_about_gpus(std::string_view line);
/// A rule that takes cards of NVIDIA off the bus.
[[nodiscard]] bool removes_nvidia_cards(std::string_view line);
/// The firmware files for the loaded NVIDIA module.
[[nodiscard]] Observed<std::vector<std::string>> read_nvidia_firmware(const FileTree& tree);

/// Includes the changes made by 'dnf config-manager setopt'.
[[nodiscard]] Observed<std::vector<Repository>> read_repositories(const FileTree& tree);

/// Major versions, sorted and unique.
[[nodiscard]] Observed<std::vector<std::uint32_t>> read_gcc_versions(const FileTree& tree);

[[nodiscard]] std::vector<DeviceFolder> read_closed_device_folders(const FileTree& tree);
[[nodiscard]] Observed<std::vector<std::string>> read_group_nodes(const FileTree& tree);
[[nodiscard]] Observed<std::vector<std::uint32_t>> read_groups(const FileTree& tree);

/// Docker's settings. They may contain passwords: only the names of the runtimes are kept.
inline constexpr std::string_view docker_settings_path = "/etc/docker/daemon.json";
/// The runtimes in Docker's settings; none if there are no settings.
[[nodiscard]] Observed<std::vector<std::string>> read_docker_runtimes(const FileTree& tree);

/// The addresses of NVSwitch chips, which connect the cards of a server.
[[nodiscard]] Observed<std::vector<std::string>> read_nvswitches(const FileTree& tree);
/// The driver's device number, which differs from boot to boot.
[[nodiscard]] Observed<std::uint32_t> read_uvm_major(const FileTree& tree);

[[nodiscard]] Observed<std::vector<std::string>> read_swaps(const FileTree& tree);
[[nodiscard]] Observed<std::uint64_t> read_shared_memory(const FileTree& tree);
[[nodiscard]] Observed<std::uint64_t> read_locked_memory_limit(const FileTree& tree);
[[nodiscard]] Observed<std::uint64_t> read_free_cache(const FileTree& tree);

}  // namespace trilby::sources
