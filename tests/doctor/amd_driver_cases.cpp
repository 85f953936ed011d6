// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/cases.hpp"

namespace trilby::testing {
namespace {

void unbind(MadeFacts& made) {
    change<PciDevice>(made.machine.pci_devices, [](PciDevice& device) {
        device.driver =
            missing<std::string>(Presence::absent, "/sys/bus/pci/devices/0000:03:00.0/driver");
    });
    made.machine.amd_gpus = fact(std::vector<AmdGpu>());
    made.machine.kfd_nodes = fact(std::vector<KfdNode>(), "/sys/class/kfd/kfd/topology/nodes");
}

/// Replaces the card with the integrated graphics of a Ryzen 7 7840HS.
void make_phoenix(MadeFacts& made) {
    change<PciDevice>(made.machine.pci_devices,
                      [](PciDevice& device) { device.device_id = fact<std::uint16_t>(0x15bf); });
}

void bind_to_vfio(MadeFacts& made) {
    unbind(made);
    change<PciDevice>(made.machine.pci_devices, [](PciDevice& device) {
        device.driver = fact<std::string>("vfio-pci", "/sys/bus/pci/devices/0000:03:00.0/driver");
    });
}

void close_kfd(MadeFacts& made) {
    made.remove_node("/dev/kfd");
    made.add_node("/dev/kfd", false);
}

void close_render_node(DrmNode& drm) {
    DeviceNode node = *drm.node;
    node.mode = fact<std::uint32_t>(0660, node.path);
    node.may_open = fact(false, node.path);
    drm.node = fact(node, node.path);
}

/// The card is bound to amdgpu, but the compute driver does not list it.
void leave_out(MadeFacts& made) {
    made.machine.kfd_nodes = fact(std::vector<KfdNode>(), "/sys/class/kfd/kfd/topology/nodes");
}

void set_core(MadeFacts& made, void (*edit)(AmdGpu&)) {
    leave_out(made);
    change<AmdGpu>(made.machine.amd_gpus, edit);
}

void set_gpu(MadeFacts& made, void (*edit)(AmdGpu&)) {
    change<AmdGpu>(made.machine.amd_gpus, edit);
}

void set_kernel(MadeFacts& made, const char* release) {
    made.machine.os.kernel_release = fact<std::string>(release, "/proc/sys/kernel/osrelease");
}

void set_amdgpu_line(MadeFacts& made, const char* line) {
    made.machine.environment.module_settings =
        fact(std::vector<SettingLine>{{"/etc/modprobe.d/blacklist-amdgpu.conf", line}},
             "/etc/modprobe.d");
}

void add_second_card(MadeFacts& made) {
    constexpr const char* address = "0000:43:00.0";
    add_like_first<AmdGpu>(made.machine.amd_gpus, [](AmdGpu& gpu) { gpu.pci_address = address; });
    add_like_first<KfdNode>(made.machine.kfd_nodes, [](KfdNode& node) {
        node.number = 2;
        node.pci_address = fact<std::string>(address);
        node.drm_node = fact<std::string>("renderD129");
    });
    add_like_first<DrmNode>(made.machine.drm_nodes, [](DrmNode& drm) {
        DeviceNode node = *drm.node;
        node.path = "/dev/dri/renderD129";
        drm.name = "renderD129";
        drm.node = fact(node, node.path);
    });
}

/// Adds integrated graphics or a card.
void add_gpu(MadeFacts& made, void (*edit)(KfdNode&)) {
    add_second_card(made);
    change<KfdNode>(made.machine.kfd_nodes, edit, 1);
    change<AmdGpu>(
        made.machine.amd_gpus,
        [](AmdGpu& gpu) { gpu.iommu_domain = fact<std::string>("DMA-FQ", "/made/type"); }, 1);
}

void become_strix_point(KfdNode& node) {
    node.gfx_target = fact<std::string>("gfx1150", "/made/nodes/2/properties");
}

void become_card(KfdNode& node) {
    node.gfx_target = fact<std::string>("gfx1201", "/made/nodes/2/properties");
}

void add_third_card(MadeFacts& made) {
    constexpr const char* address = "0000:63:00.0";
    add_like_first<AmdGpu>(made.machine.amd_gpus, [](AmdGpu& gpu) {
        gpu.pci_address = address;
        gpu.iommu_domain = fact<std::string>("DMA-FQ", "/made/type");
    });
    add_like_first<KfdNode>(made.machine.kfd_nodes, [](KfdNode& node) {
        node.number = 3;
        node.gfx_target = fact<std::string>("gfx1100", "/made/nodes/3/properties");
        node.pci_address = fact<std::string>(address);
    });
}

void make_gfx1201(MadeFacts& made) {
    made.set_kfd_node([](KfdNode& node) { node.gfx_target = fact<std::string>("gfx1201"); });
    set_gpu(made, [](AmdGpu& gpu) { gpu.iommu_domain = fact<std::string>("identity"); });
}

std::vector<ConditionCase> driver_cases() {
    return {
        {"TRL-A001", "an RX 7900 XTX without a driver, beside a working NVIDIA card",
         [](MadeFacts& made) {
             unbind(made);
             add_nvidia_card(made);
         },
         "an APU instead",
         [](MadeFacts& made) {
             unbind(made);
             make_phoenix(made);
             add_nvidia_card(made);
         },
         healthy_amd_machine},
        {"TRL-A002", "nomodeset and no driver",
         [](MadeFacts& made) {
             unbind(made);
             made.set_boot_parameters({"nomodeset"});
         },
         "nomodeset and amdgpu.modeset=1",
         [](MadeFacts& made) {
             unbind(made);
             made.set_boot_parameters({"nomodeset", "amdgpu.modeset=1"});
         },
         healthy_amd_machine},
        {"TRL-A003", "neither /dev/kfd nor /sys/class/kfd",
         [](MadeFacts& made) {
             made.remove_node("/dev/kfd");
             made.set_file("/sys/class/kfd", false);
         },
         "no /dev/kfd, as in a sandbox", [](MadeFacts& made) { made.remove_node("/dev/kfd"); },
         healthy_amd_machine},
        {"TRL-A063", "the status of /dev/kfd may not be read", deny_kfd,
         "the same in a container with SELinux's label",
         [](MadeFacts& made) {
             deny_kfd(made);
             made.machine.container.kind = fact(ContainerKind::podman);
             made.set_text("/proc/self/attr/current", "system_u:system_r:container_t:s0:c1,c2");
         },
         healthy_amd_machine},
        {"TRL-A063", "the status may not be read, and SELinux is off", deny_kfd,
         "the node does not exist", [](MadeFacts& made) { made.remove_node("/dev/kfd"); },
         healthy_amd_machine},
        {"TRL-A004", "/dev/kfd with mode 0660", close_kfd,
         "/dev/kfd with mode 0666, denied by SELinux",
         [](MadeFacts& made) {
             auto nodes = *made.machine.device_nodes;
             nodes.front().may_open = fact(false);
             made.machine.device_nodes = fact(nodes, "/dev");
         },
         healthy_amd_machine},
        {"TRL-A004", "the only render node has mode 0660",
         [](MadeFacts& made) { change<DrmNode>(made.machine.drm_nodes, close_render_node); },
         "one of two render nodes has mode 0660",
         [](MadeFacts& made) {
             add_second_card(made);
             change<DrmNode>(made.machine.drm_nodes, close_render_node, 1);
         },
         healthy_amd_machine},
        {"TRL-A006", "an RX 6700 XT with firmware 90, not listed",
         [](MadeFacts& made) {
             set_core(made, [](AmdGpu& gpu) {
                 gpu.graphics_version = fact<std::string>("10.3.2");
                 gpu.compute_firmware = fact<std::uint32_t>(90);
             });
         },
         "with firmware 92",
         [](MadeFacts& made) {
             set_core(made, [](AmdGpu& gpu) {
                 gpu.graphics_version = fact<std::string>("10.3.2");
                 gpu.compute_firmware = fact<std::uint32_t>(92);
             });
         },
         healthy_amd_machine},
        {"TRL-A007", "a card without a node", leave_out, "a node that cannot be read",
         [](MadeFacts& made) {
             made.set_kfd_node([](KfdNode& node) {
                 node.gfx_target = missing<std::string>(Presence::denied);
                 node.pci_address = missing<std::string>(Presence::denied);
             });
         },
         healthy_amd_machine},
        {"TRL-A008", "gfx803 alone",
         [](MadeFacts& made) {
             made.set_kfd_node(
                 [](KfdNode& node) { node.gfx_target = fact<std::string>("gfx803"); });
         },
         "gfx803 beside a working NVIDIA card",
         [](MadeFacts& made) {
             made.set_kfd_node(
                 [](KfdNode& node) { node.gfx_target = fact<std::string>("gfx803"); });
             add_nvidia_card(made);
         },
         healthy_amd_machine},
        {"TRL-A010", "no firmware and no driver",
         [](MadeFacts& made) {
             unbind(made);
             made.set_file("/usr/lib/firmware/amdgpu", false);
         },
         "no firmware, but a bound driver",
         [](MadeFacts& made) { made.set_file("/usr/lib/firmware/amdgpu", false); },
         healthy_amd_machine},
        {"TRL-A025", "the only GPU is bound to vfio-pci",
         [](MadeFacts& made) {
             bind_to_vfio(made);
             made.set_boot_parameters({"vfio-pci.ids=1002:744c,1002:ab30"});
         },
         "beside a working NVIDIA card",
         [](MadeFacts& made) {
             bind_to_vfio(made);
             add_nvidia_card(made);
         },
         healthy_amd_machine},
        {"TRL-A026", "modprobe.blacklist=nouveau,amdgpu",
         [](MadeFacts& made) {
             unbind(made);
             made.set_boot_parameters({"modprobe.blacklist=nouveau,amdgpu"});
         },
         "modprobe.blacklist=nouveau",
         [](MadeFacts& made) {
             unbind(made);
             made.set_boot_parameters({"modprobe.blacklist=nouveau"});
         },
         healthy_amd_machine},
        {"TRL-A026", "blacklist amdgpu in modprobe.d",
         [](MadeFacts& made) {
             unbind(made);
             set_amdgpu_line(made, "blacklist amdgpu");
         },
         "an option of amdgpu",
         [](MadeFacts& made) {
             unbind(made);
             set_amdgpu_line(made, "options amdgpu ppfeaturemask=0xffffffff");
         },
         healthy_amd_machine},
        {"TRL-A048", "Fedora on aarch64",
         [](MadeFacts& made) {
             made.machine.cpu.architecture = fact<std::string>("aarch64", "uname");
         },
         "Ubuntu on aarch64",
         [](MadeFacts& made) {
             made.machine.cpu.architecture = fact<std::string>("aarch64", "uname");
             made.machine.os.id = fact<std::string>("ubuntu");
         },
         healthy_amd_machine},
    };
}

std::vector<ConditionCase> compute_cases() {
    return {
        {"TRL-A011", "scheduler firmware 0x83 on Strix Halo",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.scheduler_firmware = fact<std::uint32_t>(0x83, "/made/mes_fw_version");
             });
         },
         "firmware 0x84",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.scheduler_firmware = fact<std::uint32_t>(0x84, "/made/mes_fw_version");
             });
         },
         healthy_strix_halo},
        {"TRL-A013", "Fedora's Linux 6.17.9 on Strix Halo",
         [](MadeFacts& made) { set_kernel(made, "6.17.9-300.fc43.x86_64"); },
         "Ubuntu's Linux 6.17.0", [](MadeFacts& made) { set_kernel(made, "6.17.0-1012-oem"); },
         healthy_strix_halo},
        {"TRL-A019", "a dump left by a reset",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.has_crash_dump = fact(true, "/sys/bus/pci/devices/0000:03:00.0/devcoredump");
             });
         },
         "unknown whether there is a dump",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) { gpu.has_crash_dump = missing<bool>(); });
         },
         healthy_amd_machine},
        {"TRL-A020", "two cards in DMA-FQ domains", add_second_card,
         "two cards in identity domains",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) { gpu.iommu_domain = fact<std::string>("identity"); });
             add_second_card(made);
         },
         healthy_amd_machine},
        {"TRL-A020", "two cards and an APU",
         [](MadeFacts& made) {
             add_gpu(made, become_strix_point);
             add_third_card(made);
         },
         "one card and an APU", [](MadeFacts& made) { add_gpu(made, become_strix_point); },
         healthy_amd_machine},
        {"TRL-A020", "Strix Halo and two cards",
         [](MadeFacts& made) {
             add_gpu(made, become_card);
             add_third_card(made);
         },
         "Strix Halo and one card", [](MadeFacts& made) { add_gpu(made, become_card); },
         healthy_strix_halo},
        {"TRL-A021", "two gfx1201 cards",
         [](MadeFacts& made) {
             make_gfx1201(made);
             add_second_card(made);
         },
         "the same with NCCL_P2P_DISABLE=1",
         [](MadeFacts& made) {
             make_gfx1201(made);
             add_second_card(made);
             made.set_variable("NCCL_P2P_DISABLE", "1");
         },
         healthy_amd_machine},
    };
}

void cap(MadeFacts& made) {
    made.set_kfd_node([](KfdNode& node) {
        node.vram_bytes = fact<std::uint64_t>(15ULL << 30, "/made/mem_banks");
    });
}

void halve(MadeFacts& made) {
    set_gpu(made, [](AmdGpu& gpu) {
        gpu.gtt_bytes = fact<std::uint64_t>(62ULL << 30, "/made/mem_info_gtt_total");
    });
}

std::vector<ConditionCase> memory_cases() {
    return {
        {"TRL-A015", "15 of 96 GiB with Linux 6.14",
         [](MadeFacts& made) {
             cap(made);
             set_kernel(made, "6.14.0-33-generic");
         },
         "15 of 96 GiB with Linux 6.18", cap, healthy_strix_halo},
        {"TRL-A016", "62 of 125 GiB", halve, "62 of 125 GiB, and 64 GiB reserved",
         [](MadeFacts& made) {
             halve(made);
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.vram_bytes = fact<std::uint64_t>(64ULL << 30, "/made/mem_info_vram_total");
             });
         },
         healthy_strix_halo},
        {"TRL-A017", "amdgpu.gttsize=122880",
         [](MadeFacts& made) { made.set_boot_parameters({"amdgpu.gttsize=122880"}); },
         "amdgpu.gttsize=-1",
         [](MadeFacts& made) { made.set_boot_parameters({"amdgpu.gttsize=-1"}); },
         healthy_strix_halo},
        {"TRL-A018", "96 GiB reserved, 31 left",
         [](MadeFacts& made) {
             made.machine.memory.total_bytes = fact<std::uint64_t>(31ULL << 30, "/proc/meminfo");
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.vram_bytes = fact<std::uint64_t>(96ULL << 30, "/made/mem_info_vram_total");
             });
         },
         "32 GiB reserved, 93 left",
         [](MadeFacts& made) {
             made.machine.memory.total_bytes = fact<std::uint64_t>(93ULL << 30, "/proc/meminfo");
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.vram_bytes = fact<std::uint64_t>(32ULL << 30, "/made/mem_info_vram_total");
             });
         },
         healthy_strix_halo},
        {"TRL-A023", "23.5 of 24 GiB in use",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.vram_used_bytes = fact<std::uint64_t>(47ULL << 29, "/made/mem_info_vram_used");
             });
         },
         "22 of 24 GiB in use",
         [](MadeFacts& made) {
             set_gpu(made, [](AmdGpu& gpu) {
                 gpu.vram_used_bytes = fact<std::uint64_t>(22ULL << 30, "/made/mem_info_vram_used");
             });
         },
         healthy_amd_machine},
    };
}

}  // namespace

std::vector<ConditionCase> amd_driver_cases() {
    std::vector<ConditionCase> all = driver_cases();
    for (const auto& cases : {compute_cases(), memory_cases()}) {
        all.insert(all.end(), cases.begin(), cases.end());
    }
    return all;
}

}  // namespace trilby::testing
