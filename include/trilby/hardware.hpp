// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parts of a machine: processors, memory, devices and device nodes.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <trilby/observed.hpp>

namespace trilby {

/// A data cache or unified cache.
struct Cache {
    Observed<std::uint32_t> level;  ///< from 1
    Observed<std::uint64_t> size_bytes;
    Observed<std::uint32_t> shared_by_cpus;  ///< logical CPUs
};

struct CoreKind {
    std::string name;  ///< "P-core" and "E-core" of Intel, the core of Arm: "Cortex-X925"
    std::uint32_t logical_cpus = 0;
};

struct Cpu {
    Observed<std::string> vendor;        ///< "AuthenticAMD"
    Observed<std::string> model;         ///< as the vendor calls it
    Observed<std::string> architecture;  ///< "x86_64", "aarch64"
    Observed<std::uint32_t> packages;
    Observed<std::uint32_t> cores;
    Observed<std::uint32_t> logical_cpus_online;
    /// CPUs that this process may use: the affinity or the control group's quota, whichever is
    /// lower.
    Observed<std::uint32_t> usable_cpus;
    /// Instruction sets that both the CPU and the kernel support, as Linux spells them.
    Observed<std::vector<std::string>> features;
    Observed<std::string> isa_level;      ///< "x86-64-v1" to "x86-64-v4"; absent on other CPUs
    Observed<std::vector<Cache>> caches;  ///< caches of the first CPU
    Observed<std::string> governor;       ///< "performance", "powersave", ...; absent if fixed
    /// Every instance of the last-level cache. Small cores may have another level than large ones.
    Observed<std::vector<Cache>> last_level_caches;
    /// The kinds of the online cores; absent if the CPU does not report kinds.
    Observed<std::vector<CoreKind>> core_kinds;
};

struct Memory {
    Observed<std::uint64_t> total_bytes;
    Observed<std::uint64_t> available_bytes;
    Observed<std::uint64_t> swap_total_bytes;
    Observed<std::uint64_t> control_group_limit_bytes;  ///< absent if there is no limit
    Observed<std::uint32_t> numa_nodes;
    Observed<std::uint64_t> huge_pages;  ///< reserved
    Observed<std::uint64_t> huge_page_bytes;
};

/// The PCI Express link between a card and its slot. A powered-down card does not report it.
struct PciLink {
    Observed<double> speed_gt_per_s;      ///< current speed; lower while the device saves power
    Observed<double> max_speed_gt_per_s;  ///< the device's maximum
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
    Observed<std::string> vendor_name;  ///< from the PCI ID database, like device_name
    Observed<std::string> device_name;
    Observed<std::string> driver;      ///< kernel driver; absent if none is bound
    Observed<std::int32_t> numa_node;  ///< absent if the firmware does not say
    PciLink link;
    /// The largest window into the device's memory: all of it if resizable BAR is active.
    Observed<std::uint64_t> largest_bar_bytes;
    Observed<std::uint64_t> largest_possible_bar_bytes;  ///< absent if no BAR can be resized
    Observed<bool> has_unassigned_bar;     ///< a window has no address, so drivers cannot use it
    Observed<std::uint32_t> iommu_group;   ///< absent without an IOMMU
    Observed<std::string> power_state;     ///< "D0" to "D3cold"
    Observed<std::string> runtime_status;  ///< "active", "suspended", ...
    Observed<std::uint32_t> virtual_functions;  ///< enabled by SR-IOV; absent if it has none
    Observed<std::uint32_t> max_virtual_functions;
    Observed<std::string> physical_function;  ///< address of the card that this function belongs to
};

/// A device node that computing needs, such as /dev/kfd. Nodes that do not exist are not listed.
struct DeviceNode {
    std::string path;
    Observed<std::uint32_t> mode;  ///< permission bits
    Observed<std::uint32_t> owner_id;
    Observed<std::uint32_t> group_id;
    /// Whether this process may open it for reading and writing; known on the live system only.
    Observed<bool> may_open;
};

/// A card or render node of the Direct Rendering Manager.
struct DrmNode {
    std::string name;                   ///< "card0", "renderD128"
    Observed<std::string> pci_address;  ///< joins it to PciDevice::address
    Observed<DeviceNode> node;          ///< absent if /dev/dri lacks it
};

/// A part of a partitioned NVIDIA card (Multi-Instance GPU).
struct MigInstance {
    std::uint32_t gpu_instance = 0;
    std::vector<std::uint32_t> compute_instances;
};

/// A card as NVIDIA's driver reports it. The UUID is not read, because it identifies the owner.
struct NvidiaGpu {
    std::string pci_address;
    Observed<std::string> model;
    Observed<std::string> video_bios;      ///< absent while the card sleeps
    Observed<std::string> gsp_firmware;    ///< absent if the GPU System Processor is not used
    Observed<std::uint32_t> device_minor;  ///< N of /dev/nvidiaN
    Observed<bool> is_excluded;            ///< the administrator has disabled it
    Observed<std::vector<MigInstance>> mig_instances;  ///< empty if it is not partitioned
    Observed<std::string> iommu_domain;                ///< as in AmdGpu
};

/// A card as AMD's driver reports it.
struct AmdGpu {
    std::string pci_address;
    /// Its own memory; for an APU, the memory that the firmware reserved.
    Observed<std::uint64_t> vram_bytes;
    Observed<std::uint64_t> gtt_bytes;           ///< host memory that it may map
    Observed<std::string> compute_partition;     ///< "SPX" to "CPX"; absent without such modes
    Observed<std::string> memory_partition;      ///< "NPS1" to "NPS8"
    Observed<std::string> graphics_version;      ///< "11.5.1"; since Linux 5.18
    Observed<std::uint32_t> compute_firmware;    ///< version of the compute micro engine (MEC)
    Observed<std::uint32_t> scheduler_firmware;  ///< version of the micro engine scheduler (MES)
    Observed<std::string> performance_level;     ///< "auto", "low", ...; absent while it sleeps
    Observed<std::uint64_t> vram_used_bytes;
    Observed<std::string> iommu_domain;  ///< "DMA", "DMA-FQ", "identity"; absent without an IOMMU
    Observed<bool> has_crash_dump;  ///< written at a reset; the kernel deletes it after minutes
};

/// A connection from a GPU to another node of the KFD topology.
struct KfdLink {
    Observed<std::string> kind;       ///< "pcie", "xgmi", or "type N"
    Observed<std::uint32_t> to_node;  ///< KfdNode::number, or a CPU's
    bool is_peer_to_peer = false;     ///< uses links of other nodes
    Observed<std::uint32_t> weight;   ///< the driver's cost of the path; lower is nearer
    Observed<std::uint64_t> max_bandwidth_mb_per_s;
};

/// A GPU, or a partition of one, as AMD's compute driver (KFD) lists it. A GPU that the container
/// may not use has denied values.
struct KfdNode {
    std::uint32_t number = 0;          ///< ROCm's runtimes count devices in this order
    Observed<std::string> gfx_target;  ///< "gfx90a"; absent before Linux 5.14
    /// The address of the physical card, which its partitions share.
    Observed<std::string> pci_address;
    Observed<std::uint32_t> partition;  ///< from 0; absent if the card is not partitioned
    Observed<std::uint32_t> simd_count;
    Observed<std::uint32_t> compute_units;
    Observed<std::uint32_t> wavefront_lanes;
    Observed<std::uint32_t> max_clock_mhz;
    Observed<std::uint64_t> vram_bytes;  ///< sum of its memory banks; 0 for some APUs
    Observed<std::string> drm_node;      ///< DrmNode::name
    Observed<std::uint32_t> firmware_version;
    Observed<std::uint32_t> sdma_firmware_version;
    Observed<std::vector<KfdLink>> links;
};

}  // namespace trilby
