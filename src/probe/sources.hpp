// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The sources of the probe: each reads one kind of fact from a file tree, independent of the
/// others.

#pragma once

#include "platform/file_tree.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

using platform::FileTree;

/// A recording stores a variable as this prefix and its name.
inline constexpr std::string_view environment_answer = "environment variable ";

/// All of the sources below.
[[nodiscard]] Machine read_machine(const FileTree& tree,
                                   std::optional<std::chrono::milliseconds> runtimes_limit);

[[nodiscard]] OperatingSystem read_operating_system(const FileTree& tree);
[[nodiscard]] Kernel read_kernel(const FileTree& tree);
/// Whether a word of the kernel's command line concerns drivers, memory or CPUs.
[[nodiscard]] bool is_telling_boot_parameter(std::string_view word);
[[nodiscard]] Container read_container(const FileTree& tree);
[[nodiscard]] Observed<Host> read_host(const FileTree& tree, const Container& container);
[[nodiscard]] Cpu read_cpu(const FileTree& tree);
[[nodiscard]] Memory read_memory(const FileTree& tree);
[[nodiscard]] Observed<std::vector<PciDevice>> read_pci_devices(const FileTree& tree);
[[nodiscard]] Observed<std::vector<DrmNode>> read_drm_nodes(const FileTree& tree);
[[nodiscard]] Observed<std::vector<NvidiaGpu>> read_nvidia_gpus(const FileTree& tree);
[[nodiscard]] Observed<std::vector<AmdGpu>> read_amd_gpus(
    const FileTree& tree, const Observed<std::vector<PciDevice>>& devices);
/// `devices` distinguishes PCI functions that are cards from those that represent partitions.
[[nodiscard]] Observed<std::vector<KfdNode>> read_kfd_nodes(
    const FileTree& tree, const Observed<std::vector<PciDevice>>& devices);
[[nodiscard]] Observed<std::vector<CdiSpecification>> read_cdi_specifications(const FileTree& tree);
[[nodiscard]] Observed<std::vector<LibraryFile>> read_libraries(const FileTree& tree);
[[nodiscard]] std::vector<LibraryFile> read_preferred_libraries(const FileTree& tree);
[[nodiscard]] Observed<std::vector<KernelDriver>> read_drivers(const FileTree& tree);
[[nodiscard]] Observed<std::vector<LibTorch>> read_libtorch(const FileTree& tree);
[[nodiscard]] Observed<std::vector<DeviceNode>> read_device_nodes(const FileTree& tree);

/// Any single node; absent if it does not exist.
[[nodiscard]] Observed<DeviceNode> read_device_node(const FileTree& tree, std::string_view path);

}  // namespace trilby::sources
