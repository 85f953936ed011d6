// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about NVIDIA's cards and the parts of their driver.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "machine/watched.hpp"
#include <trilby/probe.hpp>

namespace trilby {

/// 86 for compute capability 8.6, by PCI device ID; nothing if unknown.
[[nodiscard]] std::optional<std::uint32_t> nvidia_capability(std::uint16_t device_id);
[[nodiscard]] std::optional<std::uint32_t> nvidia_capability(const PciDevice& device);
/// "sm_90" for compute capability "9.0".
[[nodiscard]] std::string nvidia_target(std::string capability);
/// The card's target that CUDA or NVML reports if queried, else by its PCI number; empty if
/// unknown.
[[nodiscard]] std::string nvidia_target(const Machine& machine, const PciDevice& card);

/// Cards that current drivers support for computing: Maxwell (2014) and later. Excludes the virtual
/// functions of a card that virtual machines use.
[[nodiscard]] std::vector<const PciDevice*> nvidia_cards(const Machine& machine);
/// Blackwell and later: only the open kernel module drives them.
[[nodiscard]] bool needs_open_nvidia_module(const PciDevice& card);
/// Maxwell to Volta: only the proprietary kernel module drives them, up to release 580.
[[nodiscard]] bool is_before_turing(const PciDevice& card);
/// "open" or "proprietary": the module that is loaded, or else the one that is installed.
[[nodiscard]] Observed<std::string> nvidia_flavour(const Machine& machine);
/// Known to be older than Maxwell.
[[nodiscard]] bool is_too_old_for_cuda(const PciDevice& device);
/// Cards that have no driver, those bound to nouveau or nova, and those bound to NVIDIA's driver.
[[nodiscard]] std::vector<const PciDevice*> unbound_nvidia_cards(const Machine& machine);
[[nodiscard]] std::vector<const PciDevice*> nouveau_cards(const Machine& machine);
[[nodiscard]] std::vector<const PciDevice*> working_nvidia_cards(const Machine& machine);
/// NVIDIA's driver is bound to an NVIDIA device of any age.
[[nodiscard]] bool has_working_nvidia_device(const Machine& machine);

/// The program that creates the device nodes of NVIDIA's driver when CUDA is first used.
inline constexpr watched::Name nvidia_node_maker = watched::files.nvidia_modprobe;
/// The driver may be loaded and the program may be installed. In a container it creates no usable
/// node.
[[nodiscard]] bool can_create_nvidia_nodes(const Machine& machine);
/// "/dev/nvidia0" or another numbered node.
[[nodiscard]] bool is_nvidia_card_node(const DeviceNode& node);

/// A release of the driver, as opposed to "1.1" from a library for another system.
[[nodiscard]] bool is_driver_version(const Observed<std::string>& version);
/// The release of the loaded module; null if it is not loaded or its release is unknown.
[[nodiscard]] const Observed<std::string>* loaded_nvidia_version(const Machine& machine);

/// The driver library that a 64-bit process loads; null if its release is unknown.
[[nodiscard]] const LibraryFile* nvidia_library(const Machine& machine, std::string_view name);
/// Libraries of this name exist, and all are known to be from another release than `version`.
[[nodiscard]] bool is_of_other_driver(const std::vector<LibraryFile>& libraries,
                                      std::string_view name, std::string_view version);
[[nodiscard]] bool is_of_other_driver(const Machine& machine, std::string_view name,
                                      std::string_view version);
/// In the CUDA toolkit's folder for forward compatibility with older drivers.
[[nodiscard]] bool is_compatibility_library(const LibraryFile& library);
/// The driver is loaded and reachable, but libcuda.so.1 is missing.
[[nodiscard]] bool lacks_cuda_library(const Machine& machine);

}  // namespace trilby
