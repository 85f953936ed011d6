// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/made_containers.hpp"

#include "machine/pci_vendors.hpp"

namespace trilby::testing {
namespace {

constexpr const char* driver_version = "580.95.05";

void install_nvidia(MadeFacts& made) {
    add_device(made, made_device("0000:01:00.0", pci_vendor::nvidia, "nvidia"));
    made.machine.drivers =
        fact(std::vector{KernelDriver{
                 .name = "nvidia",
                 .version = fact<std::string>(driver_version, "/sys/module/nvidia/version"),
                 .flavour = fact<std::string>("open")}},
             "/sys/module");
    for (const char* path : {"/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"}) {
        made.add_node(path);
    }
    made.add_library("/usr/lib64/libcuda.so.1", driver_version);
    made.add_library("/usr/lib64/libnvidia-ml.so.1", driver_version);
}

MadeFacts container_of(ContainerKind kind, const char* mark) {
    MadeFacts made = healthy_cpu_machine();
    made.machine.container.kind = fact(kind, mark);
    made.set_file("/usr/bin/distrobox-host-exec", kind == ContainerKind::distrobox);
    return made;
}

void add_amd_card(MadeFacts& made, const std::string& address) {
    add_device(made, made_device(address, pci_vendor::amd, "amdgpu"));
    auto gpus = made.machine.amd_gpus.value_or({});
    AmdGpu gpu;
    gpu.pci_address = address;
    gpu.vram_bytes = fact<std::uint64_t>(24ULL << 30);
    gpu.performance_level = fact<std::string>(
        "auto", "/sys/bus/pci/devices/" + address + "/power_dpm_force_performance_level");
    gpus.push_back(gpu);
    made.machine.amd_gpus = fact(std::move(gpus), "/sys/bus/pci/devices");
}

}  // namespace

PciDevice made_device(std::string address, std::uint16_t vendor_id, std::string driver) {
    const std::string folder = "/sys/bus/pci/devices/" + address;
    PciDevice device;
    device.address = std::move(address);
    device.class_code = fact<std::uint32_t>(0x030000, folder + "/class");
    device.vendor_id = fact(vendor_id, folder + "/vendor");
    device.device_id = fact<std::uint16_t>(0x2684, folder + "/device");
    device.driver = fact(std::move(driver), folder + "/driver");
    device.link.speed_gt_per_s = fact(16.0, folder + "/current_link_speed");
    device.link.max_speed_gt_per_s = fact(16.0, folder + "/max_link_speed");
    device.link.width = fact<std::uint32_t>(16, folder + "/current_link_width");
    device.link.max_width = fact<std::uint32_t>(16, folder + "/max_link_width");
    return device;
}

void add_device(MadeFacts& made, PciDevice device) {
    auto devices = made.machine.pci_devices.value_or({});
    devices.push_back(std::move(device));
    made.machine.pci_devices = fact(std::move(devices), "/sys/bus/pci/devices");
}

KfdNode made_kfd_node(std::uint32_t number, Presence presence) {
    KfdNode node;
    node.number = number;
    if (presence == Presence::present) {
        node.simd_count = fact<std::uint32_t>(192);
        node.gfx_target = fact<std::string>("gfx1100");
    } else {
        node.simd_count = missing<std::uint32_t>(presence);
        node.gfx_target = missing<std::string>(presence);
    }
    return node;
}

CdiSpecification made_specification(const std::string& path, const std::string& version) {
    return {.path = path,
            .kind = fact<std::string>("nvidia.com/gpu", path),
            .driver_version = fact(version, path),
            .missing_path = missing<std::string>(Presence::absent, path)};
}

void set_specifications(MadeFacts& made, std::vector<CdiSpecification> specifications) {
    made.machine.cdi_specifications = fact(std::move(specifications), "/etc/cdi");
}

LibraryFile made_library(const std::string& path, const std::string& version) {
    return {.name = path.substr(path.rfind('/') + 1), .path = path, .version = fact(version, path)};
}

void show_host(MadeFacts& made, std::vector<LibraryFile> libraries) {
    Host host;
    host.os.id = fact<std::string>("fedora", "/etc/os-release");
    host.is_atomic = fact(false, "/run/ostree-booted");
    host.device_nodes = made.machine.device_nodes;
    host.libraries = fact(std::move(libraries), "/etc/ld.so.conf.d");
    made.machine.host = fact(std::move(host), "/run/host");
}

MadeFacts healthy_nvidia_host() {
    MadeFacts made = healthy_cpu_machine();
    install_nvidia(made);
    set_specifications(made, {made_specification("/run/cdi/nvidia.yaml", driver_version)});
    for (const char* path : {"/usr/bin/nvidia-ctk", "/usr/bin/podman", "/usr/bin/toolbox"}) {
        made.set_file(path, true);
    }
    made.set_file("/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json", false);
    made.machine.environment.groups = fact(std::vector<std::uint32_t>{1000, 10, 973}, "getgroups");
    return made;
}

MadeFacts healthy_toolbx() {
    MadeFacts made = container_of(ContainerKind::toolbx, "/run/.toolbxenv");
    install_nvidia(made);
    return made;
}

MadeFacts healthy_distrobox() {
    MadeFacts made = container_of(ContainerKind::distrobox, "/run/.distroboxenv");
    install_nvidia(made);
    return made;
}

MadeFacts healthy_container() {
    MadeFacts made = container_of(ContainerKind::podman, "/run/.containerenv");
    add_amd_card(made, "0000:03:00.0");
    made.add_node("/dev/kfd");
    made.machine.kfd_nodes =
        fact(std::vector{made_kfd_node(1)}, "/sys/class/kfd/kfd/topology/nodes");
    DrmNode render;
    render.name = "renderD128";
    render.pci_address = fact<std::string>("0000:03:00.0");
    render.node = fact(DeviceNode{.path = "/dev/dri/renderD128",
                                  .mode = fact<std::uint32_t>(0666),
                                  .owner_id = fact<std::uint32_t>(65534),
                                  .group_id = fact<std::uint32_t>(65534),
                                  .may_open = fact(true)},
                       "/dev/dri/renderD128");
    made.machine.drm_nodes = fact(std::vector{render}, "/sys/class/drm");
    made.set_text("/proc/self/attr/current", "system_u:system_r:container_t:s0:c1,c2");
    made.machine.environment.shared_memory_bytes =
        fact<std::uint64_t>(8ULL << 30, "statvfs /dev/shm");
    made.set_file("/dev/infiniband", false);
    return made;
}

MadeFacts healthy_nvidia_container() {
    MadeFacts made = container_of(ContainerKind::docker, "/.dockerenv");
    install_nvidia(made);
    made.set_file("/usr/bin/nvidia-smi", true);
    made.set_variable("NVIDIA_VISIBLE_DEVICES", "all");
    return made;
}

MadeFacts healthy_two_cards() {
    MadeFacts made = healthy_cpu_machine();
    add_amd_card(made, "0000:03:00.0");
    add_amd_card(made, "0000:83:00.0");
    auto nodes = std::vector{made_kfd_node(1), made_kfd_node(2)};
    nodes[0].pci_address = fact<std::string>("0000:03:00.0");
    nodes[1].pci_address = fact<std::string>("0000:83:00.0");
    made.machine.kfd_nodes = fact(std::move(nodes), "/sys/class/kfd/kfd/topology/nodes");
    return made;
}

}  // namespace trilby::testing
