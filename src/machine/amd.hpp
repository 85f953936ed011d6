// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about AMD's GPUs.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/probe.hpp>

namespace trilby {

/// "gfx1100 at 0000:03:00.0 (/sys/class/kfd/...)".
[[nodiscard]] std::string describe(const KfdNode& node);

/// AMD GPUs that are suitable for computing, by PCI ID: cards since Vega, and large APUs on a
/// machine without a working NVIDIA card.
[[nodiscard]] std::vector<const PciDevice*> amd_compute_devices(const Machine& machine);
/// The same among the driver's readable nodes.
[[nodiscard]] std::vector<const KfdNode*> amd_compute_nodes(const Machine& machine);
/// The same without APUs.
[[nodiscard]] std::vector<const KfdNode*> amd_compute_cards(const Machine& machine);
/// At least one AMD or NVIDIA GPU can compute.
[[nodiscard]] bool has_compute_gpu(const Machine& machine);

/// The GPU of a processor for desktops or small laptops, which ROCm does not support.
[[nodiscard]] bool is_small_apu(const KfdNode& node);
/// Shares its memory with the CPU.
[[nodiscard]] bool is_apu(const KfdNode& node);
/// A generation that ROCm has dropped or never supported.
[[nodiscard]] bool is_too_old_for_rocm(const KfdNode& node);
/// On AMD's lists of supported GPUs.
[[nodiscard]] bool is_supported_by_rocm(std::string_view target);

/// A container that may use none of the GPUs that the compute driver lists.
[[nodiscard]] bool hides_every_kfd_node(const Machine& machine);
/// Every node is readable.
[[nodiscard]] bool are_kfd_nodes_readable(const Machine& machine);
/// The number of cards; partitions of one card count once.
[[nodiscard]] std::size_t count_cards(const std::vector<const KfdNode*>& nodes);
/// The driver's facts about the card; null if there are none.
[[nodiscard]] const AmdGpu* amd_gpu_at(const Machine& machine, std::string_view address);
[[nodiscard]] const AmdGpu* amd_gpu_of(const Machine& machine, const KfdNode& node);

/// The targets in the names of data files, such as "TensileLibrary_lazy_gfx1100.dat"; sorted.
[[nodiscard]] std::vector<std::string> targets_in(const std::vector<std::string>& file_names);

/// The folder below https://repo.amd.com/rocm/whl/ with LibTorch for a target, such as
/// "gfx110X-all" for "gfx1103"; empty if AMD builds none for it.
[[nodiscard]] std::string_view amd_build_folder(std::string_view target);

/// The probe reads the overrides of this many nodes. Node 0 is a CPU.
inline constexpr std::uint32_t override_limit = 64;
/// "HSA_OVERRIDE_GFX_VERSION_2", which takes precedence on node 2 over the variable for all nodes.
[[nodiscard]] std::string override_variable(std::uint32_t node);
/// The variable that overrides the target of a node; absent if none does.
[[nodiscard]] Observed<std::string> target_override(const Machine& machine, const KfdNode& node);

/// "gfx1030" for "10.3.0", the form of HSA_OVERRIDE_GFX_VERSION; empty for other text.
[[nodiscard]] std::string gfx_target_of_version(std::string_view version);

}  // namespace trilby
