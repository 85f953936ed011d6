// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <utility>

#include "doctor/cases.hpp"
#include "doctor/made_containers.hpp"

namespace trilby::testing {
namespace {

constexpr const char* hook = "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json";

void set_missing_path(MadeFacts& made, const std::string& path) {
    auto specification = made_specification("/etc/cdi/nvidia.yaml", "580.95.05");
    specification.missing_path = fact(path, specification.path);
    set_specifications(made, {specification});
}

void set_closed_specification(MadeFacts& made, Presence presence) {
    auto specification = made_specification("/etc/cdi/nvidia.yaml", "580.95.05");
    specification.kind = missing<std::string>(presence, specification.path);
    set_specifications(made, {specification});
}

void set_device_folder(MadeFacts& made, std::uint32_t group_id) {
    made.machine.environment.closed_device_folders = {{"/dev/vboxusb", 0750, group_id}};
}

void set_kfd_nodes(MadeFacts& made, Presence second) {
    made.machine.kfd_nodes =
        fact(std::vector{made_kfd_node(1, Presence::denied), made_kfd_node(2, second)},
             "/sys/class/kfd/kfd/topology/nodes");
}

void hide_nodes(MadeFacts& made) {
    made.machine.device_nodes = fact(std::vector<DeviceNode>(), "/dev");
    auto nodes = *made.machine.drm_nodes;
    nodes.front().node = missing<DeviceNode>();
    made.machine.drm_nodes = fact(std::move(nodes), "/sys/class/drm");
}

void close_kfd(MadeFacts& made, std::uint32_t mode) {
    auto nodes = *made.machine.device_nodes;
    nodes.front().mode = fact(mode, "/dev/kfd");
    nodes.front().may_open = fact(false, "/dev/kfd");
    made.machine.device_nodes = fact(std::move(nodes), "/dev");
}

/// A Docker host without NVIDIA's container toolkit.
void remove_toolkit(MadeFacts& made) {
    set_specifications(made, {});
    made.set_file("/usr/bin/nvidia-ctk", false);
    made.set_file("/usr/bin/nvidia-container-runtime-hook", false);
}

void set_docker_runtimes(MadeFacts& made, std::vector<std::string> names) {
    set_specifications(made, {});
    made.set_file("/usr/bin/dockerd", true);
    made.machine.environment.docker_runtimes = fact(std::move(names), "/etc/docker/daemon.json");
}

/// The driver's number is 511.
void set_listed_number(MadeFacts& made, std::uint32_t major) {
    auto specification = made_specification("/etc/cdi/nvidia.yaml", "580.95.05");
    specification.uvm_major = fact(major, specification.path);
    set_specifications(made, {specification});
    made.machine.environment.uvm_major = fact<std::uint32_t>(511, "/proc/devices");
}

void remove_uvm_node(MadeFacts& made, ContainerKind kind) {
    made.remove_node("/dev/nvidia-uvm");
    made.machine.container.kind = fact(kind, "/run/systemd/container");
}

void set_library_versions(MadeFacts& made, const std::string& cuda, const std::string& management) {
    made.machine.libraries = fact(std::vector<LibraryFile>(), "/etc/ld.so.conf.d");
    made.add_library("/usr/lib64/libcuda.so.1", cuda);
    made.add_library("/usr/lib64/libnvidia-ml.so.1", management);
}

void add_torch_of_home(MadeFacts& made, const char* python) {
    auto all = *made.machine.libtorch;
    LibTorch own = all.front();
    own.folder = std::string("/home/user/.local/lib/") + python + "/site-packages/torch/lib";
    all.push_back(own);
    made.machine.libtorch = fact(std::move(all), "/usr/lib");
}

std::vector<ConditionCase> host_cases() {
    return {
        {"TRL-C001", "nvidia-ctk without a specification",
         [](MadeFacts& made) { set_specifications(made, {}); },
         "no specification and no nvidia-ctk",
         [](MadeFacts& made) {
             set_specifications(made, {});
             made.set_file("/usr/bin/nvidia-ctk", false);
         },
         healthy_nvidia_host},
        {"TRL-C002", "a specification for 575.64.05 and libraries 580.95.05",
         [](MadeFacts& made) {
             set_specifications(made, {made_specification("/etc/cdi/nvidia.yaml", "575.64.05")});
         },
         "the same with a correct one in /run/cdi",
         [](MadeFacts& made) {
             set_specifications(made, {made_specification("/etc/cdi/nvidia.yaml", "575.64.05"),
                                       made_specification("/run/cdi/nvidia.yaml", "580.95.05")});
         },
         healthy_nvidia_host},
        {"TRL-C002", "a specification with a library that does not exist",
         [](MadeFacts& made) { set_missing_path(made, "/usr/lib64/libcuda.so.575.64.05"); },
         "a library without a release in its name",
         [](MadeFacts& made) {
             set_specifications(made, {made_specification("/etc/cdi/nvidia.yaml", "575.64.05")});
             made.remove_library("libcuda.so.1");
             made.add_library("/usr/lib/x86_64-linux-gnu/libcuda.so.1", "1.1");
         },
         healthy_nvidia_host},
        {"TRL-C003", "a specification with a graphics node that does not exist",
         [](MadeFacts& made) { set_missing_path(made, "/dev/dri/renderD129"); },
         "one with a node that NVIDIA's driver creates on demand",
         [](MadeFacts& made) { set_missing_path(made, "/dev/nvidia-uvm"); }, healthy_nvidia_host},
        {"TRL-C004", "nvidia.yaml in both folders",
         [](MadeFacts& made) {
             set_specifications(made, {made_specification("/etc/cdi/nvidia.yaml", "580.95.05"),
                                       made_specification("/run/cdi/nvidia.yaml", "580.95.05")});
         },
         "the second has another kind",
         [](MadeFacts& made) {
             auto other = made_specification("/etc/cdi/amd.json", "580.95.05");
             other.kind = fact<std::string>("amd.com/gpu", other.path);
             set_specifications(made,
                                {other, made_specification("/run/cdi/nvidia.yaml", "580.95.05")});
         },
         healthy_nvidia_host},
        {"TRL-C005", "the hook and a specification",
         [](MadeFacts& made) { made.set_file(hook, true); }, "the hook alone",
         [](MadeFacts& made) {
             made.set_file(hook, true);
             set_specifications(made, {});
         },
         healthy_nvidia_host},
        {"TRL-C006", "a specification that only root may read",
         [](MadeFacts& made) { set_closed_specification(made, Presence::denied); },
         "one without a kind",
         [](MadeFacts& made) { set_closed_specification(made, Presence::malformed); },
         healthy_nvidia_host},
        {"TRL-C009", "the management library without libcuda.so.1",
         [](MadeFacts& made) { made.remove_library("libcuda.so.1"); }, "neither of the two",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.remove_library("libnvidia-ml.so.1");
         },
         healthy_nvidia_host},
        {"TRL-C041", "Docker without the toolkit",
         [](MadeFacts& made) {
             remove_toolkit(made);
             made.set_file("/usr/bin/dockerd", true);
         },
         "Docker with an old toolkit, which has only the hook",
         [](MadeFacts& made) {
             remove_toolkit(made);
             made.set_file("/usr/bin/dockerd", true);
             made.set_file("/usr/bin/nvidia-container-runtime-hook", true);
         },
         healthy_nvidia_host},
        {"TRL-C041", "Podman without the toolkit and without Toolbx",
         [](MadeFacts& made) {
             remove_toolkit(made);
             made.set_file("/usr/bin/toolbox", false);
         },
         "Podman beside Toolbx, which does not need the toolkit", remove_toolkit,
         healthy_nvidia_host},
        {"TRL-C042", "Docker's settings have no runtime for NVIDIA",
         [](MadeFacts& made) { set_docker_runtimes(made, {"crun"}); }, "they have one",
         [](MadeFacts& made) {
             set_docker_runtimes(made, {"crun", "nvidia"});
         },
         healthy_nvidia_host},
        {"TRL-C045", "a specification with the device number 510, and 511 in /proc/devices",
         [](MadeFacts& made) { set_listed_number(made, 510); }, "a specification with 511",
         [](MadeFacts& made) { set_listed_number(made, 511); }, healthy_nvidia_host},
        {"TRL-C020", "/dev/vboxusb with a group that the user is in",
         [](MadeFacts& made) { set_device_folder(made, 973); },
         "with a group that the user is not in",
         [](MadeFacts& made) { set_device_folder(made, 974); }, healthy_nvidia_host},
    };
}

std::vector<ConditionCase> inside_cases() {
    return {
        {"TRL-C010", "libraries 575.64.05 in a toolbox, driver 580.95.05",
         [](MadeFacts& made) { set_library_versions(made, "575.64.05", "575.64.05"); },
         "only libcuda.so.1 is newer, for forward compatibility",
         [](MadeFacts& made) { set_library_versions(made, "590.44.01", "580.95.05"); },
         healthy_toolbx},
        {"TRL-C011", "a toolbox without libcuda.so.1",
         [](MadeFacts& made) { made.remove_library("libcuda.so.1"); },
         "the same without a loaded NVIDIA driver",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.machine.drivers = fact(std::vector<KernelDriver>(), "/sys/module");
         },
         healthy_toolbx},
        {"TRL-C012", "a distrobox without libcuda.so.1",
         [](MadeFacts& made) { made.remove_library("libcuda.so.1"); }, "unknown libraries",
         [](MadeFacts& made) { made.machine.libraries = missing<std::vector<LibraryFile>>(); },
         healthy_distrobox},
        {"TRL-C013", "a card of the host and an empty /dev", hide_nodes, "the same without a card",
         [](MadeFacts& made) {
             hide_nodes(made);
             made.machine.pci_devices = fact(std::vector<PciDevice>(), "/sys/bus/pci/devices");
         },
         healthy_container},
        {"TRL-C014", "/dev/kfd with mode 0666 cannot be opened, under container_t",
         [](MadeFacts& made) { close_kfd(made, 0666); }, "/dev/kfd with mode 0660",
         [](MadeFacts& made) { close_kfd(made, 0660); }, healthy_container},
        {"TRL-C040", "/dev/kfd with mode 0666 cannot be opened, under no label",
         [](MadeFacts& made) {
             close_kfd(made, 0666);
             made.set_text("/proc/self/attr/current", "docker-default (enforce)");
         },
         "an unknown label while SELinux is enforcing",
         [](MadeFacts& made) {
             close_kfd(made, 0666);
             made.machine.environment.texts.clear();
             made.machine.kernel.selinux =
                 fact<std::string>("enforcing", "/sys/fs/selinux/enforce");
         },
         healthy_container},
        {"TRL-C043", "NVIDIA_DRIVER_CAPABILITIES=graphics, and no libcuda.so.1",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.set_variable("NVIDIA_DRIVER_CAPABILITIES", "graphics,utility");
         },
         "it lists compute, so the library is missing for another reason",
         [](MadeFacts& made) {
             made.remove_library("libcuda.so.1");
             made.set_variable("NVIDIA_DRIVER_CAPABILITIES", "compute,utility");
         },
         healthy_nvidia_container},
        {"TRL-C043", "NVIDIA_DRIVER_CAPABILITIES=compute, and no nvidia-smi",
         [](MadeFacts& made) {
             made.set_file("/usr/bin/nvidia-smi", false);
             made.set_variable("NVIDIA_DRIVER_CAPABILITIES", "compute");
         },
         "nvidia-smi is there, for example in the image",
         [](MadeFacts& made) { made.set_variable("NVIDIA_DRIVER_CAPABILITIES", "compute"); },
         healthy_nvidia_container},
        {"TRL-C044", "a container of LXC with /dev/nvidia0, but not /dev/nvidia-uvm",
         [](MadeFacts& made) { remove_uvm_node(made, ContainerKind::lxc); },
         "the same in Docker, which has other remedies",
         [](MadeFacts& made) { remove_uvm_node(made, ContainerKind::docker); },
         healthy_nvidia_container},
        {"TRL-C014", "the status of /dev/kfd may not be read, under container_t", deny_kfd,
         "the same without a label",
         [](MadeFacts& made) {
             deny_kfd(made);
             made.set_text("/proc/self/attr/current", "unconfined");
         },
         healthy_container},
        {"TRL-C016", "both GPUs of the topology are unreadable",
         [](MadeFacts& made) { set_kfd_nodes(made, Presence::denied); }, "one of two is unreadable",
         [](MadeFacts& made) { set_kfd_nodes(made, Presence::present); }, healthy_container},
        {"TRL-C017", "64 MiB of shared memory",
         [](MadeFacts& made) {
             made.machine.environment.shared_memory_bytes =
                 fact<std::uint64_t>(64ULL << 20, "statvfs /dev/shm");
         },
         "1 GiB",
         [](MadeFacts& made) {
             made.machine.environment.shared_memory_bytes =
                 fact<std::uint64_t>(1ULL << 30, "statvfs /dev/shm");
         },
         healthy_container},
        {"TRL-C018", "InfiniBand and a limit of 8 MiB of locked memory",
         [](MadeFacts& made) {
             made.set_file("/dev/infiniband", true);
             made.machine.environment.locked_memory_limit_bytes =
                 fact<std::uint64_t>(8ULL << 20, "RLIMIT_MEMLOCK");
         },
         "8 MiB without InfiniBand",
         [](MadeFacts& made) {
             made.machine.environment.locked_memory_limit_bytes =
                 fact<std::uint64_t>(8ULL << 20, "RLIMIT_MEMLOCK");
         },
         healthy_container},
        {"TRL-C019", "a container under Linux 6.10.14-linuxkit",
         [](MadeFacts& made) {
             made.machine.os.kernel_release =
                 fact<std::string>("6.10.14-linuxkit", "/proc/sys/kernel/osrelease");
         },
         "Linux 6.10.14-linuxkit outside a container",
         [](MadeFacts& made) {
             made.machine.os.kernel_release =
                 fact<std::string>("6.10.14-linuxkit", "/proc/sys/kernel/osrelease");
             made.machine.container.kind = fact(ContainerKind::none, "/run");
         },
         healthy_container},
        {"TRL-C023", "PyTorch in ~/.local and in the system, for the same Python",
         [](MadeFacts& made) { add_torch_of_home(made, "python3.14"); },
         "the one in ~/.local is for another Python",
         [](MadeFacts& made) { add_torch_of_home(made, "python3.12"); }, healthy_toolbx},
        {"TRL-C025", "/dev/dxg", [](MadeFacts& made) { made.add_node("/dev/dxg"); }, "/dev/kfd",
         [](MadeFacts& made) { made.add_node("/dev/kfd"); }},
    };
}

}  // namespace

std::vector<ConditionCase> container_cases() {
    std::vector<ConditionCase> all = host_cases();
    for (const ConditionCase& one : inside_cases()) {
        all.push_back(one);
    }
    return all;
}

}  // namespace trilby::testing
