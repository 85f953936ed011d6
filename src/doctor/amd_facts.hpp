// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the conditions of AMD's GPUs ask of the facts.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "doctor/evidence.hpp"

namespace trilby::doctor {

/// An NVIDIA card computes here, so that what the graphics of a processor lacks is no trouble.
[[nodiscard]] bool computes_elsewhere(const Machine& machine);
/// What keeps a GPU from computing blocks; it degrades where another maker's card computes, and is
/// a hint in a container that need not have one.
[[nodiscard]] Severity amd_severity(const Facts& facts);

/// AMD's GPUs that are worth computing with, by their PCI IDs: cards since Vega, and the large APUs
/// on a machine that does not compute elsewhere.
[[nodiscard]] std::vector<const PciDevice*> computing_devices(const Machine& machine);
/// The same, of the nodes that the driver lists and that may be read.
[[nodiscard]] std::vector<const KfdNode*> computing_nodes(const Machine& machine);
/// Those of them that are cards of their own.
[[nodiscard]] std::vector<const KfdNode*> computing_cards(const Machine& machine);
/// Some GPU computes, of AMD or of NVIDIA.
[[nodiscard]] bool computes(const Machine& machine);
/// "Navi 31 at 0000:03:00.0 is bound to amdgpu (/sys/...)" of each.
[[nodiscard]] std::vector<std::string> lines_of(const std::vector<const PciDevice*>& devices);

/// The graphics part of a processor for desktops or small laptops, which ROCm does not support.
[[nodiscard]] bool is_small(const KfdNode& node);
/// Memory is shared with the CPU.
[[nodiscard]] bool is_apu(const KfdNode& node);
/// Of a generation that ROCm has left behind, or never had.
[[nodiscard]] bool is_old(const KfdNode& node);
/// On AMD's lists of supported GPUs.
[[nodiscard]] bool is_supported_by_rocm(std::string_view target);

/// Every node says what it is: none is closed to us.
[[nodiscard]] bool are_nodes_readable(const Machine& machine);
/// Different cards among nodes; partitions of one card count once.
[[nodiscard]] std::size_t count_cards(const std::vector<const KfdNode*>& nodes);
/// What the driver says of a card; nullptr if nothing.
[[nodiscard]] const AmdGpu* gpu_at(const Machine& machine, std::string_view address);
/// What the driver says of the node's card; nullptr if nothing.
[[nodiscard]] const AmdGpu* gpu_of(const Machine& machine, const KfdNode& node);
/// "gfx1100 at 0000:03:00.0 (/sys/class/kfd/...)".
[[nodiscard]] std::string describe(const KfdNode& node);

/// The installed builds of LibTorch that compute with ROCm.
[[nodiscard]] std::vector<const LibTorch*> rocm_builds(const Machine& machine);
/// Lies where the distribution's packages put it, and uses the distribution's ROCm.
[[nodiscard]] bool is_from_distribution(const LibTorch& libtorch);
/// Known to have code for a GPU, and known to have none.
[[nodiscard]] bool has_code_for(const LibTorch& libtorch, std::string_view target);
[[nodiscard]] bool has_no_code_for(const LibTorch& libtorch, std::string_view target);

/// "gfx1030" of "10.3.0", as HSA_OVERRIDE_GFX_VERSION has it; empty if it is no such version.
[[nodiscard]] std::string target_of_version(std::string_view version);

/// Lines of evidence, or nothing if there are none.
[[nodiscard]] inline Evidence found_if_any(std::vector<std::string> lines) {
    return lines.empty() ? std::nullopt : Evidence(std::move(lines));
}

}  // namespace trilby::doctor
