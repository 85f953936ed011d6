// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/sources.hpp"
#include <trilby/probe.hpp>

namespace trilby {

Machine probe(const ProbeOptions& options) {
    const platform::FileTree tree(options.root);
    Machine machine;
    machine.os = sources::read_operating_system(tree);
    machine.kernel = sources::read_kernel(tree);
    machine.container = sources::read_container(tree);
    machine.cpu = sources::read_cpu(tree);
    machine.memory = sources::read_memory(tree);
    machine.pci_devices = sources::read_pci_devices(tree);
    machine.drm_nodes = sources::read_drm_nodes(tree);
    machine.nvidia_gpus = sources::read_nvidia_gpus(tree);
    machine.kfd_nodes = sources::read_kfd_nodes(tree, machine.pci_devices);
    machine.drivers = sources::read_drivers(tree);
    machine.device_nodes = sources::read_device_nodes(tree);
    return machine;
}

}  // namespace trilby
