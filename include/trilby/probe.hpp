// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a machine is made of, as files say it: no library of a vendor is loaded, nothing is
/// started, and it takes a few milliseconds. Only if asked to, vendors' runtimes are asked as well,
/// in processes of their own.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/observed.hpp>
#include <trilby/result.hpp>

namespace trilby {

/// A cache of data, or of data and instructions.
struct Cache {
    Observed<std::uint32_t> level;  ///< from 1
    Observed<std::uint64_t> size_bytes;
    Observed<std::uint32_t> shared_by_cpus;  ///< logical ones
};

struct Cpu {
    Observed<std::string> vendor;        ///< "AuthenticAMD"
    Observed<std::string> model;         ///< as the maker calls it
    Observed<std::string> architecture;  ///< "x86_64", "aarch64"
    Observed<std::uint32_t> packages;
    Observed<std::uint32_t> cores;
    Observed<std::uint32_t> logical_cpus_online;
    /// What this process may use: the affinity and the control group's quota, whichever is less.
    Observed<std::uint32_t> usable_cpus;
    /// Instruction sets that both the CPU and the kernel support, as Linux spells them.
    Observed<std::vector<std::string>> features;
    Observed<std::string> isa_level;      ///< "x86-64-v1" to "x86-64-v4"; absent on other CPUs
    Observed<std::vector<Cache>> caches;  ///< of the first CPU
    Observed<std::string> governor;       ///< "performance", "powersave", ...; absent if fixed
};

struct Memory {
    Observed<std::uint64_t> total_bytes;
    Observed<std::uint64_t> available_bytes;
    Observed<std::uint64_t> swap_total_bytes;
    Observed<std::uint64_t> control_group_limit_bytes;  ///< absent if there is no limit
    Observed<std::uint32_t> numa_nodes;
    Observed<std::uint64_t> huge_pages;  ///< reserved ones
    Observed<std::uint64_t> huge_page_bytes;
};

/// The PCI Express link of a card to what it is plugged into. A card that is switched off does not
/// say.
struct PciLink {
    Observed<double> speed_gt_per_s;      ///< now; less while the device saves power
    Observed<double> max_speed_gt_per_s;  ///< what the device could do
    Observed<std::uint32_t> width;        ///< lanes in use
    Observed<std::uint32_t> max_width;    ///< lanes of the device
};

/// A display controller (class 0x03) or a processing accelerator (class 0x12).
struct PciDevice {
    std::string address;  ///< "0000:03:00.0"
    Observed<std::uint32_t> class_code;
    Observed<std::uint16_t> vendor_id;
    Observed<std::uint16_t> device_id;
    Observed<std::uint16_t> subsystem_vendor_id;
    Observed<std::uint16_t> subsystem_device_id;
    Observed<std::string> vendor_name;  ///< from the PCI ID database, as device_name
    Observed<std::string> device_name;
    Observed<std::string> driver;      ///< kernel driver; absent if none is bound
    Observed<std::int32_t> numa_node;  ///< absent if the firmware does not say
    PciLink link;
    /// The largest window into the device's memory: all of it where resizable BARs are in use.
    Observed<std::uint64_t> largest_bar_bytes;
    Observed<std::uint64_t> largest_possible_bar_bytes;  ///< absent if no BAR can be resized
    Observed<std::uint32_t> iommu_group;                 ///< absent without an IOMMU
    Observed<std::string> power_state;                   ///< "D0" to "D3cold"
    Observed<std::string> runtime_status;                ///< "active", "suspended", ...
    Observed<std::uint32_t> virtual_functions;  ///< SR-IOV's, switched on; absent if it has none
    Observed<std::uint32_t> max_virtual_functions;
    Observed<std::string> physical_function;  ///< address of the card that this is a part of
};

/// A device node that computing needs, such as /dev/kfd. Nodes that do not exist are not listed.
struct DeviceNode {
    std::string path;
    Observed<std::uint32_t> mode;  ///< permission bits
    Observed<std::uint32_t> owner_id;
    Observed<std::uint32_t> group_id;
    /// Whether this process may open it for reading and writing; only known of the live system.
    Observed<bool> may_open;
};

/// A card or render node of the Direct Rendering Manager.
struct DrmNode {
    std::string name;                   ///< "card0", "renderD128"
    Observed<std::string> pci_address;  ///< joins it to PciDevice::address
    Observed<DeviceNode> node;          ///< absent if /dev/dri lacks it
};

struct KernelDriver {
    std::string name;               ///< "nvidia", "amdgpu"
    Observed<std::string> version;  ///< absent for drivers that have only the kernel's
    Observed<std::string> flavour;  ///< "open" or "proprietary"; of nvidia only
};

/// A part of an NVIDIA card that is divided (Multi-Instance GPU).
struct MigInstance {
    std::uint32_t gpu_instance = 0;
    std::vector<std::uint32_t> compute_instances;
};

/// What NVIDIA's driver says of a card. Its UUID is not read: it identifies its owner.
struct NvidiaGpu {
    std::string pci_address;
    Observed<std::string> model;
    Observed<std::string> video_bios;      ///< absent while the card is asleep
    Observed<std::string> gsp_firmware;    ///< absent if the card's own processor is not in use
    Observed<std::uint32_t> device_minor;  ///< N of /dev/nvidiaN
    Observed<bool> is_excluded;            ///< the administrator has taken it out of use
    Observed<std::vector<MigInstance>> mig_instances;  ///< empty if it is not divided
};

/// A connection of a GPU to another node of the KFD topology, as the driver rates it.
struct KfdLink {
    Observed<std::string> kind;       ///< "pcie", "xgmi", or "type N"
    Observed<std::uint32_t> to_node;  ///< KfdNode::number, or a CPU's
    bool is_peer_to_peer = false;     ///< passes over links that other nodes own
    Observed<std::uint32_t> weight;   ///< the driver's cost of the way; less is nearer
    Observed<std::uint64_t> max_bandwidth_mb_per_s;
};

/// A GPU, or one partition of one, as AMD's compute driver (KFD) lists it. One that a container may
/// not use is listed too, with its values denied.
struct KfdNode {
    std::uint32_t number = 0;          ///< order in which ROCm's runtimes count devices
    Observed<std::string> gfx_target;  ///< "gfx90a"; absent before Linux 5.14
    /// Of the physical card: partitions of one card share it.
    Observed<std::string> pci_address;
    Observed<std::uint32_t> partition;  ///< from 0; absent if the card is not partitioned
    Observed<std::uint32_t> simd_count;
    Observed<std::uint32_t> compute_units;
    Observed<std::uint32_t> wavefront_lanes;
    Observed<std::uint32_t> max_clock_mhz;
    Observed<std::uint64_t> vram_bytes;  ///< all of its memory banks; 0 for some APUs
    Observed<std::string> drm_node;      ///< DrmNode::name
    Observed<std::uint32_t> firmware_version;
    Observed<std::uint32_t> sdma_firmware_version;
    Observed<std::vector<KfdLink>> links;
};

enum class ContainerKind : std::uint8_t {
    none,
    toolbx,
    distrobox,
    kubernetes,
    podman,
    docker,
    systemd_nspawn,
    unknown,  ///< a container, but of none of these kinds
};

/// "toolbx", "systemd-nspawn" and so on.
[[nodiscard]] TRILBY_API std::string_view container_name(ContainerKind kind);

struct Container {
    Observed<ContainerKind> kind;  ///< its source is the evidence
    Observed<std::string> image;
};

struct OperatingSystem {
    Observed<std::string> pretty_name;  ///< "Fedora Linux 42 (Workstation Edition)"
    Observed<std::string> id;           ///< "fedora"
    Observed<std::string> version_id;   ///< "42"
    Observed<std::string> kernel_release;
};

struct ModuleParameter {
    std::string name;  ///< "amdgpu.gttsize"
    Observed<std::string> value;
};

/// What the kernel was told, and what it allows.
struct Kernel {
    /// Those words of the command line that concern drivers, memory and CPUs.
    Observed<std::vector<std::string>> boot_parameters;
    std::vector<ModuleParameter> module_parameters;  ///< of loaded drivers
    Observed<bool> secure_boot;                      ///< absent on machines without UEFI
    Observed<std::string> lockdown;                  ///< "none", "integrity", "confidentiality"
    Observed<std::string> selinux;  ///< "enforcing", "permissive"; absent if it is off
    Observed<std::string> transparent_huge_pages;  ///< "always", "madvise", "never"
};

/// How asking a vendor's runtime ended.
enum class RuntimeState : std::uint8_t {
    answered,
    missing,        ///< no such library
    wrong_version,  ///< it does not fit the kernel's driver, or lacks a function or a library
    refused,        ///< it could not be started, or said what cannot be
    crashed,        ///< it ended its process
    timed_out,      ///< it was silent for too long, and was ended
    stuck,          ///< the same, and it cannot be ended: it hangs inside the kernel
    not_asked,      ///< the program that asks did not work
};

/// "answered", "wrong_version" and so on.
[[nodiscard]] TRILBY_API std::string_view runtime_state_name(RuntimeState state);

/// A device as a runtime sees it; pci_address joins it to PciDevice::address.
struct RuntimeDevice {
    Observed<std::string> name;
    Observed<std::string> pci_address;
    Observed<std::string> architecture;  ///< CUDA's compute capability, "9.0"
    Observed<std::uint64_t> memory_total_bytes;
    Observed<std::uint64_t> memory_used_bytes;
    Observed<std::uint32_t> compute_units;
    Observed<bool> is_partitioned;
    Observed<bool> has_ecc;
    Observed<std::string> problem;  ///< why the runtime cannot use it; absent if it can
};

/// A library of a vendor, asked in a process of its own.
struct Runtime {
    std::string name;  ///< "nvml", "cuda", "hip", "rocm_smi"
    RuntimeState state = RuntimeState::not_asked;
    Observed<std::string> message;          ///< why it did not answer; absent if it did
    Observed<std::string> library;          ///< the file
    Observed<std::string> library_version;  ///< as its file is named
    Observed<std::string> driver_version;   ///< as the library says
    Observed<std::string> api_version;      ///< of CUDA or HIP
    Observed<std::vector<RuntimeDevice>> devices;
};

/// An installed LibTorch, as its files tell without loading it.
struct LibTorch {
    std::string folder;  ///< that holds libtorch_cpu.so
    Observed<std::string> version;
    Observed<std::string> flavour;       ///< "cpu", "cuda", "rocm": what it can compute with
    Observed<std::string> cuda_version;  ///< that it was built with
    Observed<std::string> hip_version;
    /// As in <trilby/gpu_target.hpp>, of the code inside; absent from one for CPUs.
    Observed<std::vector<std::string>> gpu_targets;
    Observed<std::string> blas;  ///< "openblas", "mkl (built in)", "reference", ...
    Observed<bool> has_onednn;
    Observed<bool> has_gloo;  ///< between machines; so are the three below
    Observed<bool> has_nccl;
    Observed<bool> has_rccl;
    Observed<bool> has_mpi;
};

/// Lists are absent, as a whole, where the folder that they come from is: an empty list means that
/// the machine was looked at and has none.
struct Machine {
    OperatingSystem os;
    Kernel kernel;
    Container container;
    Cpu cpu;
    Memory memory;
    Observed<std::vector<PciDevice>> pci_devices;
    Observed<std::vector<DrmNode>> drm_nodes;
    Observed<std::vector<NvidiaGpu>> nvidia_gpus;
    Observed<std::vector<KfdNode>> kfd_nodes;
    Observed<std::vector<KernelDriver>> drivers;  ///< the loaded ones that drive accelerators
    Observed<std::vector<DeviceNode>> device_nodes;
    Observed<std::vector<LibTorch>> libtorch;  ///< in the places where packages put it
    Observed<std::vector<Runtime>> runtimes;  ///< absent unless they were asked
};

struct ProbeOptions {
    /// "/" for this machine, or a folder with the /proc, /sys, /dev, /etc of a recorded one.
    std::filesystem::path root = "/";
    /// How long each vendor's runtime may take to answer; nothing: do not ask. Asking wakes cards
    /// that sleep. A recorded machine says what it said when it was recorded.
    std::optional<std::chrono::milliseconds> runtimes_limit = std::nullopt;
};

/// Never fails: what cannot be read says so in its Observed. Safe to call from any thread.
[[nodiscard]] TRILBY_API Machine probe(const ProbeOptions& options = {});

/// Probes, and writes every file that was read below `folder`, which must be new or empty: probing
/// with that as the root says the same again. Host and user names, UUIDs, MAC addresses and serial
/// numbers are replaced. After an error the folder may hold a part.
[[nodiscard]] TRILBY_API Result<void> capture(const std::filesystem::path& folder,
                                              const ProbeOptions& options = {});

}  // namespace trilby
