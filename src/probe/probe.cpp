// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "probe/environment/environment.hpp"
#include "probe/runtimes/runtimes.hpp"
#include "probe/sources.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

namespace {

/// A card that only one of NVIDIA's two modules drives has none of them. Other machines do without
/// the flavor, since reading the module takes up to a second.
bool needs_flavor(const Machine& machine) {
    return is_driver_missing(machine, "nvidia") && machine.os.kernel_release &&
           std::ranges::any_of(nvidia_cards(machine), [](const PciDevice* card) {
               return needs_open_nvidia_module(*card) || is_before_turing(*card);
           });
}

}  // namespace

Machine read_machine(const FileTree& tree,
                     std::optional<std::chrono::milliseconds> runtimes_limit) {
    Machine machine;
    UnreadPaths unread;
    machine.os = read_operating_system(tree);
    machine.kernel = read_kernel(tree);
    machine.container = read_container(tree);
    machine.host = read_host(tree, machine.container);
    machine.cpu = read_cpu(tree);
    machine.memory = read_memory(tree);
    machine.pci_devices = read_pci_devices(tree);
    machine.drm_nodes = read_drm_nodes(tree);
    machine.nvidia_gpus = read_nvidia_gpus(tree);
    machine.amd_gpus = read_amd_gpus(tree, machine.pci_devices);
    machine.kfd_nodes = read_kfd_nodes(tree, machine.pci_devices);
    machine.drivers = read_drivers(tree, unread);
    machine.device_nodes = read_device_nodes(tree);
    machine.cdi_specifications = read_cdi_specifications(tree);
    machine.libraries = read_libraries(tree, unread);
    machine.libtorch = read_libtorch(tree, unread);
    machine.runtimes = read_runtimes(tree, runtimes_limit);
    machine.environment = read_environment(tree, unread);
    if (needs_flavor(machine)) {
        machine.environment.nvidia_module_flavor =
            read_nvidia_module_flavor(tree, *machine.os.kernel_release, unread);
    }
    machine.environment.unread = std::move(unread);
    return machine;
}

}  // namespace trilby::sources

namespace trilby {

Machine probe(const ProbeOptions& options) {
    return sources::read_machine(platform::FileTree(options.root), options.runtimes_limit);
}

}  // namespace trilby
