// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Cards that miss a requirement although no condition of their driver holds.

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

/// This process may not open the node although its mode allows it.
void refuse_node(MadeFacts& made, const std::string& path) {
    made.remove_node(path);
    made.add_node(path, false);
    auto nodes = *made.machine.device_nodes;
    nodes.back().mode = fact<std::uint32_t>(0666, path);
    made.machine.device_nodes = fact(std::move(nodes), "/dev");
}

void close_node(MadeFacts& made, const std::string& path) {
    made.remove_node(path);
    made.add_node(path, false);
}

void remove_nvidia_nodes(MadeFacts& made, bool has_modprobe) {
    for (const char* path : {"/dev/nvidiactl", "/dev/nvidia0", "/dev/nvidia-uvm"}) {
        made.remove_node(path);
    }
    made.set_file("/usr/bin/nvidia-modprobe", has_modprobe);
}

/// A Radeon RX 580, which the compute driver does not list.
void make_polaris(MadeFacts& made, const char* driver) {
    change<PciDevice>(made.machine.pci_devices,
                      [](PciDevice& device) { device.device_id = fact<std::uint16_t>(0x67df); });
    made.bind(driver);
    made.machine.kfd_nodes = fact(std::vector<KfdNode>(), "/sys/class/kfd/kfd/topology/nodes");
}

std::vector<ConditionCase> nvidia_cases() {
    return {
        {"TRL-N060", "/dev/nvidiactl may not be opened although its mode allows it",
         [](MadeFacts& made) { refuse_node(made, "/dev/nvidiactl"); },
         "the same, because the card has no driver",
         [](MadeFacts& made) {
             refuse_node(made, "/dev/nvidiactl");
             made.bind("");
         },
         healthy_nvidia_machine},
        {"TRL-N060", "a card of an unknown model has no node",
         [](MadeFacts& made) {
             made.device().device_id = missing<std::uint16_t>(Presence::denied);
             made.keep_devices();
             made.machine.container.kind = fact(ContainerKind::podman);
             made.remove_node("/dev/nvidia0");
         },
         "it is not known which nodes exist",
         [](MadeFacts& made) {
             made.machine.device_nodes = missing<std::vector<DeviceNode>>(Presence::denied, "/dev");
         },
         healthy_nvidia_machine},
        {"TRL-N061", "/dev/nvidia0 has mode 0660 and another group",
         [](MadeFacts& made) { close_node(made, "/dev/nvidia0"); },
         "the first card is closed, the second open",
         [](MadeFacts& made) {
             close_node(made, "/dev/nvidia0");
             made.add_node("/dev/nvidia1");
         },
         healthy_nvidia_machine},
        {"TRL-N062", "a GeForce 210 with nouveau, its only driver",
         [](MadeFacts& made) {
             made.bind("nouveau");
             made.set_device_id(0x0a65);
         },
         "a card whose model is unknown",
         [](MadeFacts& made) {
             made.device().device_id = missing<std::uint16_t>(Presence::denied);
             made.keep_devices();
         },
         healthy_nvidia_machine},
        {"TRL-N063", "neither device nodes nor nvidia-modprobe",
         [](MadeFacts& made) { remove_nvidia_nodes(made, false); },
         "nvidia-modprobe creates them when CUDA is first used",
         [](MadeFacts& made) { remove_nvidia_nodes(made, true); }, healthy_nvidia_machine},
    };
}

std::vector<ConditionCase> amd_cases() {
    return {
        {"TRL-A080", "/dev/kfd may not be opened although its mode allows it",
         [](MadeFacts& made) { refuse_node(made, "/dev/kfd"); },
         "the same, because no driver is bound to the card",
         [](MadeFacts& made) {
             refuse_node(made, "/dev/kfd");
             made.bind("");
         },
         healthy_amd_machine},
        {"TRL-A080", "the card has no render node",
         [](MadeFacts& made) { made.machine.drm_nodes = fact(std::vector<DrmNode>()); },
         "it is not known which render nodes exist",
         [](MadeFacts& made) {
             made.machine.drm_nodes = missing<std::vector<DrmNode>>(Presence::denied);
         },
         healthy_amd_machine},
        {"TRL-A081", "an RX 580 that the compute driver does not list",
         [](MadeFacts& made) { make_polaris(made, "amdgpu"); },
         "the same beside a working NVIDIA card",
         [](MadeFacts& made) {
             make_polaris(made, "amdgpu");
             add_nvidia_card(made);
         },
         healthy_amd_machine},
        {"TRL-A081", "an RX 580 without a driver", [](MadeFacts& made) { make_polaris(made, ""); },
         "an RX 7900 XTX without a driver", [](MadeFacts& made) { made.bind(""); },
         healthy_amd_machine},
    };
}

}  // namespace

std::vector<ConditionCase> unusable_cases() {
    std::vector<ConditionCase> all = nvidia_cases();
    for (const ConditionCase& one : amd_cases()) {
        all.push_back(one);
    }
    return all;
}

}  // namespace trilby::testing
