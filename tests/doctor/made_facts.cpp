// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/made_facts.hpp"

namespace trilby::testing {

MadeFacts healthy_cpu_machine() {
    MadeFacts made;
    made.machine.os = {.pretty_name = fact<std::string>("Fedora Linux 43"),
                       .id = fact<std::string>("fedora"),
                       .version_id = fact<std::string>("43"),
                       .kernel_release = fact<std::string>("6.18.5-200.fc43.x86_64",
                                                           "/proc/sys/kernel/osrelease")};
    made.machine.container.kind = fact(ContainerKind::none, "/run");
    made.machine.cpu.architecture = fact<std::string>("x86_64", "uname");
    made.machine.cpu.isa_level = fact<std::string>("x86-64-v4", "CPUID");
    made.machine.cpu.features =
        fact(std::vector<std::string>{"avx2", "fma", "avx512f", "avx512_bf16"}, "CPUID");
    made.machine.cpu.logical_cpus_online = fact<std::uint32_t>(16);
    made.machine.cpu.usable_cpus = fact<std::uint32_t>(16, "sched_getaffinity");
    made.machine.memory.total_bytes = fact<std::uint64_t>(64ULL << 30, "/proc/meminfo");
    made.machine.memory.available_bytes = fact<std::uint64_t>(60ULL << 30, "/proc/meminfo");
    made.machine.memory.swap_total_bytes = fact<std::uint64_t>(8ULL << 30, "/proc/meminfo");
    made.machine.pci_devices = fact(std::vector<PciDevice>(), "/sys/bus/pci/devices");
    made.machine.drivers = fact(std::vector<KernelDriver>(), "/sys/module");
    made.machine.device_nodes = fact(std::vector<DeviceNode>(), "/dev");
    made.machine.libraries = fact(std::vector<LibraryFile>(), "/etc/ld.so.conf.d");
    made.machine.cdi_specifications = fact(std::vector<CdiSpecification>(), "/etc/cdi");
    LibTorch libtorch;
    libtorch.folder = "/usr/lib64/python3.14/site-packages/torch/lib";
    libtorch.version = fact<std::string>("2.9.0");
    libtorch.flavour = fact<std::string>("cpu");
    libtorch.blas = fact<std::string>("openblas (flexiblas)", "/etc/flexiblasrc");
    libtorch.has_onednn = fact(true);
    libtorch.has_gloo = fact(true);
    made.machine.libtorch = fact(std::vector{libtorch}, "/usr/lib");
    made.set_boot_parameters({});
    made.set_file("/run/ostree-booted", false);
    return made;
}

namespace {

PciDevice made_card() {
    PciDevice card;
    card.address = "0000:01:00.0";
    card.class_code = fact<std::uint32_t>(0x030000);
    card.vendor_id = fact<std::uint16_t>(0x10de);
    card.device_id = fact<std::uint16_t>(0x2684);
    card.vendor_name = fact<std::string>("NVIDIA Corporation");
    card.device_name = fact<std::string>("AD102 [GeForce RTX 4090]");
    card.driver = fact<std::string>("nvidia", "/sys/bus/pci/devices/0000:01:00.0/driver");
    card.power_state = fact<std::string>("D0");
    card.runtime_status = fact<std::string>("active");
    return card;
}

NvidiaGpu made_gpu() {
    NvidiaGpu gpu;
    gpu.pci_address = "0000:01:00.0";
    gpu.model = fact<std::string>("NVIDIA GeForce RTX 4090",
                                  "/proc/driver/nvidia/gpus/0000:01:00.0/information");
    gpu.gsp_firmware = fact<std::string>("580.95.05");
    gpu.device_minor = fact<std::uint32_t>(0);
    gpu.is_excluded = fact(false);
    gpu.mig_instances = fact(std::vector<MigInstance>());
    return gpu;
}

std::vector<KernelDriver> made_drivers() {
    return {{.name = "nvidia",
             .version = fact<std::string>("580.95.05", "/sys/module/nvidia/version"),
             .flavour = fact<std::string>("open", "/proc/driver/nvidia/version")},
            {.name = "nvidia_uvm",
             .version = fact<std::string>("580.95.05", "/sys/module/nvidia_uvm/version"),
             .flavour = {}}};
}

LibTorch made_libtorch() {
    LibTorch libtorch;
    libtorch.folder = "/opt/libtorch/lib";
    libtorch.version = fact<std::string>("2.9.0+cu128");
    libtorch.flavour = fact<std::string>("cuda", "/opt/libtorch/lib/libtorch_cuda.so");
    libtorch.cuda_version = fact<std::string>("12.8", "/opt/libtorch/version.py");
    libtorch.gpu_targets =
        fact(std::vector<std::string>{"sm_75", "sm_80", "sm_86", "sm_90", "sm_100", "sm_120"},
             "/opt/libtorch/lib/libtorch_cuda.so");
    libtorch.blas = fact<std::string>("mkl (built in)");
    libtorch.has_onednn = fact(true);
    libtorch.has_gloo = fact(true);
    libtorch.has_nccl = fact(true);
    return libtorch;
}

}  // namespace

MadeFacts healthy_nvidia_machine() {
    MadeFacts made = healthy_cpu_machine();
    made.machine.pci_devices = fact(std::vector{made_card()}, "/sys/bus/pci/devices");
    made.machine.nvidia_gpus = fact(std::vector{made_gpu()}, "/proc/driver/nvidia/gpus");
    made.machine.drivers = fact(made_drivers(), "/sys/module");
    for (const char* path : {"/dev/nvidia0", "/dev/nvidiactl", "/dev/nvidia-uvm"}) {
        made.add_node(path);
    }
    made.add_library("/usr/lib64/libcuda.so.1", "580.95.05");
    made.add_library("/usr/lib64/libnvidia-ml.so.1", "580.95.05");
    made.machine.libtorch = fact(std::vector{made_libtorch()}, "/usr/lib");
    made.machine.kernel.secure_boot = fact(true, "/sys/firmware/efi/efivars/SecureBoot");
    made.set_boot_parameters(
        {"rd.driver.blacklist=nouveau,nova_core", "modprobe.blacklist=nouveau,nova_core"});
    made.set_kernels({{.release = "6.18.5-200.fc43.x86_64",
                       .has_modules = true,
                       .has_headers = true,
                       .has_nvidia = true}});
    made.machine.environment.failed_builds =
        fact(std::vector<std::string>(), "/var/cache/akmods/nvidia");
    made.machine.environment.nvidia_firmware =
        fact(std::vector<std::string>{"gsp_ga10x.bin", "gsp_tu10x.bin"},
             "/lib/firmware/nvidia/580.95.05");
    made.set_file("/usr/bin/nvidia-smi", true);
    made.set_file("/usr/bin/nvidia-modprobe", true);
    made.set_file("/usr/src/akmods/nvidia-kmod.latest", true);
    return made;
}

namespace {

LibTorch rocm_libtorch(LibTorch libtorch) {
    const std::string path = libtorch.folder + "/libtorch_hip.so";
    libtorch.flavour = fact<std::string>("rocm", path);
    libtorch.hip_version = fact<std::string>("6.4.43484");
    libtorch.foreign_hip = fact<std::string>("libamdhip64.so.6", path);
    libtorch.gpu_targets =
        fact(std::vector<std::string>{"gfx90a", "gfx1030", "gfx1100", "gfx1151"}, path);
    return libtorch;
}

/// A GPU bound to amdgpu, with its device nodes and Fedora's software for it.
MadeFacts amd_machine(const PciDevice& device, const AmdGpu& gpu, const KfdNode& node) {
    MadeFacts made = healthy_cpu_machine();
    made.machine.pci_devices = fact(std::vector{device}, "/sys/bus/pci/devices");
    made.machine.amd_gpus = fact(std::vector{gpu}, "/sys/bus/pci/devices");
    made.machine.kfd_nodes = fact(std::vector{node}, "/sys/class/kfd/kfd/topology/nodes");
    made.machine.drivers = fact(std::vector{KernelDriver{.name = "amdgpu"}}, "/sys/module");
    const std::string render = "/dev/dri/renderD128";
    made.machine.drm_nodes = fact(
        std::vector{DrmNode{.name = "renderD128",
                            .pci_address = fact(device.address),
                            .node = fact(DeviceNode{.path = render,
                                                    .mode = fact<std::uint32_t>(0666, render),
                                                    .owner_id = fact<std::uint32_t>(0, render),
                                                    .group_id = fact<std::uint32_t>(105, render),
                                                    .may_open = fact(true, render)})}},
        "/sys/class/drm");
    made.add_node("/dev/kfd");
    made.add_library("/usr/lib64/libamdhip64.so.6", "6.4.43484");
    made.add_library("/usr/lib64/libhsa-runtime64.so.1", "1.15.0");
    made.machine.libtorch =
        fact(std::vector{rocm_libtorch(made.machine.libtorch->front())}, "/usr/lib");
    made.machine.environment.rocblas_files = fact(
        std::vector<std::string>{"Kernels.so-000-gfx1100.hsaco", "TensileLibrary_lazy_gfx1100.dat",
                                 "TensileLibrary_lazy_gfx1151.dat"},
        "/usr/lib64/rocblas/library");
    made.machine.environment.hipblaslt_files =
        fact(std::vector<std::string>{"TensileLibrary_lazy_gfx1100.dat"}, "/usr/lib64/hipblaslt");
    made.machine.environment.groups = fact(std::vector<std::uint32_t>{1000}, "getgroups");
    made.set_file("/usr/lib/firmware/amdgpu", true);
    made.set_file("/sys/class/kfd", true);
    made.set_file("/dev/dxg", false);
    return made;
}

}  // namespace

MadeFacts healthy_amd_machine() {
    const std::string folder = "/sys/bus/pci/devices/0000:03:00.0";
    const std::string node = "/sys/class/kfd/kfd/topology/nodes/1/properties";
    return amd_machine(
        {.address = "0000:03:00.0",
         .class_code = fact<std::uint32_t>(0x030000),
         .vendor_id = fact<std::uint16_t>(0x1002),
         .device_id = fact<std::uint16_t>(0x744c),
         .device_name = fact<std::string>("Navi 31"),
         .driver = fact<std::string>("amdgpu", folder + "/driver")},
        {.pci_address = "0000:03:00.0",
         .vram_bytes = fact<std::uint64_t>(24ULL << 30, folder + "/mem_info_vram_total"),
         .gtt_bytes = fact<std::uint64_t>(32ULL << 30, folder + "/mem_info_gtt_total"),
         .graphics_version = fact<std::string>("11.0.0", folder + "/ip_discovery/die/0/GC/0"),
         .compute_firmware = fact<std::uint32_t>(2600, folder + "/fw_version/mec_fw_version"),
         .scheduler_firmware = fact<std::uint32_t>(0x80, folder + "/fw_version/mes_fw_version"),
         .vram_used_bytes = fact<std::uint64_t>(1ULL << 30, folder + "/mem_info_vram_used"),
         .iommu_domain = fact<std::string>("DMA-FQ", folder + "/iommu_group/type"),
         .has_crash_dump = fact(false, folder + "/devcoredump")},
        {.number = 1,
         .gfx_target = fact<std::string>("gfx1100", node),
         .pci_address = fact<std::string>("0000:03:00.0", node),
         .compute_units = fact<std::uint32_t>(96, node),
         .vram_bytes = fact<std::uint64_t>(24ULL << 30, node),
         .drm_node = fact<std::string>("renderD128", node)});
}

MadeFacts healthy_strix_halo() {
    const std::string folder = "/sys/bus/pci/devices/0000:c3:00.0";
    const std::string node = "/sys/class/kfd/kfd/topology/nodes/1/properties";
    MadeFacts made = amd_machine(
        {.address = "0000:c3:00.0",
         .class_code = fact<std::uint32_t>(0x038000),
         .vendor_id = fact<std::uint16_t>(0x1002),
         .device_id = fact<std::uint16_t>(0x1586),
         .device_name = fact<std::string>("Strix Halo"),
         .driver = fact<std::string>("amdgpu", folder + "/driver")},
        {.pci_address = "0000:c3:00.0",
         .vram_bytes = fact<std::uint64_t>(512ULL << 20, folder + "/mem_info_vram_total"),
         .gtt_bytes = fact<std::uint64_t>(96ULL << 30, folder + "/mem_info_gtt_total"),
         .graphics_version = fact<std::string>("11.5.1", folder + "/ip_discovery/die/0/GC/0"),
         .scheduler_firmware = fact<std::uint32_t>(0x80, folder + "/fw_version/mes_fw_version"),
         .vram_used_bytes = fact<std::uint64_t>(511ULL << 20, folder + "/mem_info_vram_used")},
        {.number = 1,
         .gfx_target = fact<std::string>("gfx1151", node),
         .pci_address = fact<std::string>("0000:c3:00.0", node),
         .compute_units = fact<std::uint32_t>(40, node),
         .vram_bytes = fact<std::uint64_t>(96ULL << 30, node),
         .drm_node = fact<std::string>("renderD128", node)});
    made.machine.memory.total_bytes = fact<std::uint64_t>(125ULL << 30, "/proc/meminfo");
    made.set_boot_parameters({"ttm.pages_limit=25165824"});
    return made;
}

void add_nvidia_card(MadeFacts& made) {
    auto devices = made.machine.pci_devices.value_or({});
    PciDevice card = made_card();
    card.address = "0000:21:00.0";
    devices.push_back(card);
    made.machine.pci_devices = fact(std::move(devices), "/sys/bus/pci/devices");
}

}  // namespace trilby::testing
