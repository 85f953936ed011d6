// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Synthetic hosts with the facts that the creation of a container reads, and plans for containers.

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/facts.hpp"
#include "toolbox/container_tool.hpp"
#include <trilby/probe.hpp>

namespace trilby::testing {

inline PciDevice made_gpu(std::uint16_t vendor_id, std::string name) {
    PciDevice device;
    device.address = "0000:03:00.0";
    device.vendor_id = fact(vendor_id);
    device.class_code = fact<std::uint32_t>(0x030000);
    device.device_name = fact(std::move(name));
    return device;
}

inline DeviceNode made_node(std::string path, std::uint32_t mode) {
    DeviceNode node;
    node.path = std::move(path);
    node.mode = fact(mode);
    node.may_open = fact(true);
    return node;
}

inline Machine nvidia_host() {
    Machine machine;
    machine.pci_devices = fact(std::vector{made_gpu(0x10de, "AD102")});
    machine.device_nodes = fact(std::vector{made_node("/dev/nvidia0", 0666)});
    machine.drivers = fact(std::vector{
        KernelDriver{.name = "nvidia", .version = fact<std::string>("580.95.05"), .flavour = {}}});
    machine.libraries = fact(std::vector{
        LibraryFile{"libcuda.so.1", "/usr/lib64/libcuda.so.1", fact<std::string>("580.95.05")}});
    machine.kernel.selinux = fact<std::string>("enforcing");
    return machine;
}

inline Machine amd_host(std::uint32_t mode) {
    Machine machine;
    machine.pci_devices = fact(std::vector{made_gpu(0x1002, "Navi 31")});
    machine.device_nodes = fact(std::vector{made_node("/dev/kfd", mode)});
    DrmNode render;
    render.name = "renderD128";
    render.node = fact(made_node("/dev/dri/renderD128", mode));
    machine.drm_nodes = fact(std::vector{render});
    machine.drivers =
        fact(std::vector{KernelDriver{.name = "amdgpu", .version = {}, .flavour = {}}});
    return machine;
}

inline toolbox::ContainerPlan plan_for(toolbox::Gpu gpu) {
    return {.container = "trilby", .image = "localhost/x", .gpu = gpu, .home = "/home/ada"};
}

}  // namespace trilby::testing
