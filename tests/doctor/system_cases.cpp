// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include "doctor/cases.hpp"
#include "doctor/made_containers.hpp"
#include "machine/pci_vendors.hpp"

namespace trilby::testing {
namespace {

constexpr const char* compatible = "/proc/device-tree/compatible";
const std::string cuda_address = "https://developer.download.nvidia.com/compute/cuda/repos/";

void remove_connections(LibTorch& libtorch) {
    libtorch.has_gloo = fact(false, libtorch.folder + "/libtorch_cpu.so");
    libtorch.has_nccl = missing<bool>();
    libtorch.has_rccl = fact(false);
}

void set_link(MadeFacts& made, std::uint32_t width, double speed) {
    PciDevice& device = made.device();
    device.link.width = fact(width, "/sys/bus/pci/devices/0000:01:00.0/current_link_width");
    device.link.speed_gt_per_s = fact(speed);
    made.keep_devices();
}

void set_level(MadeFacts& made, const char* level) {
    auto gpus = *made.machine.amd_gpus;
    gpus.back().performance_level =
        fact<std::string>(level, gpus.back().performance_level.source());
    made.machine.amd_gpus = fact(std::move(gpus), "/sys/bus/pci/devices");
}

void become_apu(KfdNode& node) {
    node.gfx_target = fact<std::string>("gfx1151");
}

void set_memory(MadeFacts& made, std::uint64_t gib, std::vector<std::string> swaps) {
    made.machine.memory.total_bytes = fact<std::uint64_t>(gib << 30, "/proc/meminfo");
    made.machine.environment.swaps = fact(std::move(swaps), "/proc/swaps");
}

void set_space(MadeFacts& made, std::uint64_t gib) {
    made.machine.environment.free_cache_bytes =
        fact<std::uint64_t>(gib << 30, "statvfs of the user's cache");
}

void set_repository(MadeFacts& made, const std::string& packages, const std::string& key) {
    made.machine.environment.repositories =
        fact(std::vector{Repository{.id = "cuda",
                                    .path = "/etc/yum.repos.d/cuda.repo",
                                    .base_url = cuda_address + packages + "/x86_64",
                                    .gpg_key = cuda_address + key + "/x86_64/1940C73E.pub",
                                    .is_enabled = true}},
             "/etc/yum.repos.d");
}

void set_cmake(MadeFacts& made, bool has_rocblas) {
    made.set_libtorch([](LibTorch& libtorch) { libtorch.flavour = fact<std::string>("rocm"); });
    made.set_file("/usr/bin/cmake", true);
    made.set_file("/usr/lib64/cmake/rocblas", has_rocblas);
}

void add_intel_card(MadeFacts& made, const char* address, bool may_open) {
    constexpr const char* path = "/dev/dri/renderD129";
    add_device(made, made_device(address, pci_vendor::intel, "xe"));
    DrmNode drm{.name = "renderD129", .pci_address = fact<std::string>(address), .node = {}};
    drm.node = fact(DeviceNode{.path = path,
                               .mode = fact<std::uint32_t>(0660, path),
                               .owner_id = fact<std::uint32_t>(0, path),
                               .group_id = fact<std::uint32_t>(992, path),
                               .may_open = fact(may_open, path)});
    auto nodes = made.machine.drm_nodes.value_or({});
    nodes.push_back(drm);
    made.machine.drm_nodes = fact(std::move(nodes), "/sys/class/drm");
}

std::vector<ConditionCase> hardware_cases() {
    return {
        {"TRL-G013", "only a virtio display",
         [](MadeFacts& made) {
             add_device(made, made_device("0000:00:01.0", 0x1af4, "virtio-pci"));
         },
         "a virtio display and an NVIDIA card",
         [](MadeFacts& made) {
             add_device(made, made_device("0000:00:01.0", 0x1af4, "virtio-pci"));
             add_device(made, made_device("0000:06:00.0", pci_vendor::nvidia, "nvidia"));
         }},
        {"TRL-G015", "power_dpm_force_performance_level is low",
         [](MadeFacts& made) { set_level(made, "low"); }, "it is high",
         [](MadeFacts& made) { set_level(made, "high"); }, healthy_two_cards},
        {"TRL-G015", "a card beside an APU is low",
         [](MadeFacts& made) {
             change<KfdNode>(made.machine.kfd_nodes, become_apu);
             set_level(made, "low");
         },
         "the APU is low",
         [](MadeFacts& made) {
             change<KfdNode>(made.machine.kfd_nodes, become_apu, 1);
             set_level(made, "low");
         },
         healthy_two_cards},
        {"TRL-G015", "a card is at profile_min_sclk",
         [](MadeFacts& made) { set_level(made, "profile_min_sclk"); },
         "the same beside a working NVIDIA card",
         [](MadeFacts& made) {
             set_level(made, "profile_min_sclk");
             add_nvidia_card(made);
         },
         healthy_two_cards},
        {"TRL-G016", "one of 16 lanes at 8 GT/s", [](MadeFacts& made) { set_link(made, 1, 8.0); },
         "one of 16 lanes while the card idles", [](MadeFacts& made) { set_link(made, 1, 2.5); },
         healthy_nvidia_host},
        {"TRL-G020", "an Intel card on a bus of its own, without Level Zero",
         [](MadeFacts& made) {
             add_device(made, made_device("0000:03:00.0", pci_vendor::intel, "xe"));
         },
         "integrated Intel graphics",
         [](MadeFacts& made) {
             add_device(made, made_device("0000:00:02.0", pci_vendor::intel, "xe"));
         }},
        {"TRL-I001", "the render node of an Intel card is closed",
         [](MadeFacts& made) { add_intel_card(made, "0000:03:00.0", false); },
         "the render node is open",
         [](MadeFacts& made) { add_intel_card(made, "0000:03:00.0", true); }},
        {"TRL-I001", "the same on a bus of its own",
         [](MadeFacts& made) { add_intel_card(made, "0000:03:00.0", false); },
         "integrated Intel graphics",
         [](MadeFacts& made) { add_intel_card(made, "0000:00:02.0", false); }},
        {"TRL-G021", "a MacBook",
         [](MadeFacts& made) {
             made.set_text(compatible, std::string("apple,j314s\0apple,t6000\0"
                                                   "apple,arm-platform",
                                                   42));
         },
         "a Raspberry Pi",
         [](MadeFacts& made) { made.set_text(compatible, "raspberrypi,5-model-b"); }},
    };
}

std::vector<ConditionCase> software_cases() {
    return {
        {"TRL-G001", "two cards and a LibTorch without Gloo and RCCL",
         [](MadeFacts& made) { made.set_libtorch(remove_connections); },
         "a LibTorch whose RCCL support is unknown",
         [](MadeFacts& made) {
             made.set_libtorch([](LibTorch& libtorch) {
                 remove_connections(libtorch);
                 libtorch.has_rccl = missing<bool>(Presence::malformed);
             });
         },
         healthy_two_cards},
        {"TRL-G003", "8 GiB and only zram",
         [](MadeFacts& made) { set_memory(made, 8, {"/dev/zram0"}); }, "8 GiB, zram and a disk",
         [](MadeFacts& made) {
             set_memory(made, 8, {"/dev/zram0", "/dev/nvme0n1p3"});
         }},
        {"TRL-G010", "CMake, a LibTorch for ROCm, and no rocblas-devel",
         [](MadeFacts& made) { set_cmake(made, false); }, "rocblas-devel is installed",
         [](MadeFacts& made) { set_cmake(made, true); }},
        {"TRL-G011", "3 GiB free", [](MadeFacts& made) { set_space(made, 3); }, "10 GiB free",
         [](MadeFacts& made) { set_space(made, 10); }},
        {"TRL-G018", "packages of fedora43 and the key of fedora42",
         [](MadeFacts& made) { set_repository(made, "fedora43", "fedora42"); },
         "fedora42 and fedora41, which share a key",
         [](MadeFacts& made) { set_repository(made, "fedora42", "fedora41"); }},
        {"TRL-G019", "packages of fedora42 on Fedora 43",
         [](MadeFacts& made) { set_repository(made, "fedora42", "fedora42"); },
         "packages of fedora43",
         [](MadeFacts& made) { set_repository(made, "fedora43", "fedora43"); }},
    };
}

}  // namespace

std::vector<ConditionCase> system_cases() {
    std::vector<ConditionCase> all = hardware_cases();
    for (const ConditionCase& one : software_cases()) {
        all.push_back(one);
    }
    return all;
}

}  // namespace trilby::testing
