// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/environment.hpp"
#include "probe/runtimes/runtimes.hpp"
#include "probe/sources.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

Machine read_machine(const FileTree& tree,
                     std::optional<std::chrono::milliseconds> runtimes_limit) {
    Machine machine;
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
    machine.drivers = read_drivers(tree);
    machine.device_nodes = read_device_nodes(tree);
    machine.cdi_specifications = read_cdi_specifications(tree);
    machine.libraries = read_libraries(tree);
    machine.libtorch = read_libtorch(tree);
    machine.runtimes = read_runtimes(tree, runtimes_limit);
    machine.environment = read_environment(tree);
    return machine;
}

}  // namespace trilby::sources

namespace trilby {

Machine probe(const ProbeOptions& options) {
    return sources::read_machine(platform::FileTree(options.root), options.runtimes_limit);
}

}  // namespace trilby
