// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Questions about PCI devices, their drivers and their device nodes.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/probe.hpp>

namespace trilby {

/// "NVIDIA AD102 at 0000:01:00.0", with the best known name.
[[nodiscard]] std::string describe(const PciDevice& device);

/// Its class or its driver says that it is a display controller or an accelerator.
[[nodiscard]] bool is_known_to_compute(const PciDevice& device);
/// The same, or a device whose class is unknown, of a vendor of GPUs and without a driver.
[[nodiscard]] bool may_be_gpu(const PciDevice& device);
/// The devices that are not known to compute, because their class could not be read.
[[nodiscard]] std::vector<const PciDevice*> unidentified_devices(const Machine& machine);

/// Display controllers and accelerators of one vendor (machine/pci_vendors.hpp).
[[nodiscard]] std::vector<const PciDevice*> devices_of(const Machine& machine,
                                                       std::uint16_t vendor_id);
/// At least one device of the vendor is bound to `driver`.
[[nodiscard]] bool has_bound_device(const Machine& machine, std::uint16_t vendor_id,
                                    std::string_view driver);
/// Reserved for virtual machines: programs of this system do not use it.
[[nodiscard]] bool is_set_aside(const PciDevice& device);
/// A display controller that exists only in virtual machines.
[[nodiscard]] bool is_virtual_display(const PciDevice& device);
/// An Intel card with a driver, as opposed to integrated graphics, which are on the first bus.
[[nodiscard]] bool is_intel_card(const PciDevice& device);

/// Whether the IOMMU translates the addresses of a device in a domain of this type.
[[nodiscard]] bool is_translated(const Observed<std::string>& iommu_domain);

/// Null if it is not loaded or nothing is known about drivers.
[[nodiscard]] const KernelDriver* loaded_driver(const Machine& machine, std::string_view name);
/// Known not to be loaded.
[[nodiscard]] bool is_driver_missing(const Machine& machine, std::string_view name);

/// Null if it does not exist or nothing is known about device nodes.
[[nodiscard]] const DeviceNode* device_node(const Machine& machine, std::string_view path);
/// Known not to exist.
[[nodiscard]] bool is_node_missing(const Machine& machine, std::string_view path);

/// A node that compute programs open, as opposed to one for graphics.
[[nodiscard]] bool is_compute_node(const DeviceNode& node);
[[nodiscard]] bool is_render_node(const DrmNode& node);
/// "mode 0660, owner 0, group 39", or "permissions unknown".
[[nodiscard]] std::string permissions_of(const DeviceNode& node);
/// Everybody may read and write it.
[[nodiscard]] bool is_open_to_everybody(const DeviceNode& node);
/// This process may not open it, and its mode says so. SELinux and containers can deny access
/// although the mode allows it.
[[nodiscard]] bool is_closed_by_its_mode(const DeviceNode& node);

}  // namespace trilby
