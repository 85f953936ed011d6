// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about AMD's GPUs.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <trilby/probe.hpp>

namespace trilby {

/// "gfx1100 at 0000:03:00.0 (/sys/class/kfd/...)".
[[nodiscard]] std::string describe(const KfdNode& node);

/// AMD's GPUs that are worth computing with, by their PCI numbers: cards since Vega, and large APUs
/// on a machine without a working NVIDIA card.
[[nodiscard]] std::vector<const PciDevice*> amd_compute_devices(const Machine& machine);
/// The same among the nodes that the driver lists and that may be read.
[[nodiscard]] std::vector<const KfdNode*> amd_compute_nodes(const Machine& machine);
/// The nodes of them that are not APUs.
[[nodiscard]] std::vector<const KfdNode*> amd_compute_cards(const Machine& machine);
/// Some GPU of AMD or NVIDIA computes.
[[nodiscard]] bool has_compute_gpu(const Machine& machine);

/// The graphics part of a processor for desktops or small laptops, which ROCm does not support.
[[nodiscard]] bool is_small_apu(const KfdNode& node);
/// Shares its memory with the CPU.
[[nodiscard]] bool is_apu(const KfdNode& node);
/// A generation that ROCm has dropped or never supported.
[[nodiscard]] bool is_too_old_for_rocm(const KfdNode& node);
/// On AMD's lists of supported GPUs.
[[nodiscard]] bool is_supported_by_rocm(std::string_view target);

/// Every node may be read.
[[nodiscard]] bool are_kfd_nodes_readable(const Machine& machine);
/// The number of cards; partitions of one card count once.
[[nodiscard]] std::size_t count_cards(const std::vector<const KfdNode*>& nodes);
/// The driver's facts about a card; null if there are none.
[[nodiscard]] const AmdGpu* amd_gpu_at(const Machine& machine, std::string_view address);
[[nodiscard]] const AmdGpu* amd_gpu_of(const Machine& machine, const KfdNode& node);

/// "gfx1030" of "10.3.0", as in HSA_OVERRIDE_GFX_VERSION; empty if it is not such a version.
[[nodiscard]] std::string gfx_target_of_version(std::string_view version);

}  // namespace trilby
