// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The description of a machine, which probe --json prints and which can be read back.

#pragma once

#include "base/describe.hpp"
#include <trilby/probe.hpp>

namespace trilby {

TRILBY_DESCRIBE_ENUM(ContainerKind, '-', none, toolbx, distrobox, kubernetes, podman, docker,
                     systemd_nspawn, lxc, flatpak, unknown)
TRILBY_DESCRIBE_ENUM(RuntimeState, '_', answered, missing, wrong_version, refused, crashed,
                     timed_out, stuck, not_asked)

TRILBY_DESCRIBE_ENUM(FactList, '_', drivers, libraries, libtorch, kernels, failed_builds,
                     repositories, module_settings, removal_rules, gcc_versions, nvswitches)

TRILBY_DESCRIBE(OperatingSystem, pretty_name, id, id_like, version_id, kernel_release)
TRILBY_DESCRIBE(ModuleParameter, name, value)
TRILBY_DESCRIBE(Kernel, boot_parameters, module_parameters, secure_boot, lockdown, selinux,
                transparent_huge_pages)
TRILBY_DESCRIBE(Container, kind, image)
TRILBY_DESCRIBE(Cache, level, size_bytes, shared_by_cpus)
TRILBY_DESCRIBE(CoreKind, name, logical_cpus)
TRILBY_DESCRIBE(Cpu, vendor, model, architecture, packages, cores, logical_cpus_online, usable_cpus,
                features, isa_level, caches, governor, last_level_caches, core_kinds)
TRILBY_DESCRIBE(Memory, total_bytes, available_bytes, swap_total_bytes, control_group_limit_bytes,
                numa_nodes, huge_pages, huge_page_bytes)
TRILBY_DESCRIBE(PciLink, speed_gt_per_s, max_speed_gt_per_s, width, max_width)
TRILBY_DESCRIBE(PciDevice, address, class_code, vendor_id, device_id, subsystem_vendor_id,
                subsystem_device_id, vendor_name, device_name, driver, numa_node, link,
                largest_bar_bytes, largest_possible_bar_bytes, has_unassigned_bar, iommu_group,
                power_state, runtime_status, virtual_functions, max_virtual_functions,
                physical_function)
TRILBY_DESCRIBE(DeviceNode, path, mode, owner_id, group_id, may_open)
TRILBY_DESCRIBE(DrmNode, name, pci_address, node)
TRILBY_DESCRIBE(MigInstance, gpu_instance, compute_instances)
TRILBY_DESCRIBE(NvidiaGpu, pci_address, model, video_bios, gsp_firmware, device_minor, is_excluded,
                mig_instances, iommu_domain)
TRILBY_DESCRIBE(AmdGpu, pci_address, vram_bytes, gtt_bytes, compute_partition, memory_partition,
                graphics_version, compute_firmware, scheduler_firmware, performance_level,
                vram_used_bytes, iommu_domain, has_crash_dump)
TRILBY_DESCRIBE(KfdLink, kind, to_node, is_peer_to_peer, weight, max_bandwidth_mb_per_s)
TRILBY_DESCRIBE(KfdNode, number, gfx_target, pci_address, partition, simd_count, compute_units,
                wavefront_lanes, max_clock_mhz, vram_bytes, drm_node, firmware_version,
                sdma_firmware_version, links)
TRILBY_DESCRIBE(KernelDriver, name, version, flavour)
TRILBY_DESCRIBE(CdiSpecification, path, kind, driver_version, missing_path, uvm_major)
TRILBY_DESCRIBE(LibraryFile, name, path, version)
TRILBY_DESCRIBE(LibTorch, folder, version, flavour, cuda_version, hip_version, cudnn_version,
                nccl_version, foreign_hip, gpu_targets, rocblas_targets, blas, has_onednn, has_gloo,
                has_nccl, has_rccl, has_mpi)
TRILBY_DESCRIBE(RuntimeDevice, name, pci_address, architecture, memory_total_bytes,
                memory_used_bytes, compute_units, is_partitioned, has_ecc, problem)
TRILBY_DESCRIBE(Runtime, name, state, message, library, library_version, driver_version,
                api_version, devices)
TRILBY_DESCRIBE(Host, os, is_atomic, device_nodes, libraries)
TRILBY_DESCRIBE(EnvironmentVariable, name, value)
TRILBY_DESCRIBE(FileState, path, exists)
TRILBY_DESCRIBE(TextFile, path, text)
TRILBY_DESCRIBE(UnreadPath, list, path, why)
TRILBY_DESCRIBE(KernelFolder, release, has_modules, has_headers, has_nvidia)
TRILBY_DESCRIBE(Repository, id, path, base_url, gpg_key, excludes, is_enabled)
TRILBY_DESCRIBE(DeviceFolder, path, mode, group_id)
TRILBY_DESCRIBE(SettingLine, path, text)
TRILBY_DESCRIBE(Environment, variables, files, texts, kernels, failed_builds, repositories,
                module_settings, removal_rules, nvidia_firmware, gcc_versions, c_library_version,
                rocblas_files, hipblaslt_files, closed_device_folders, group_nodes, swaps,
                shared_memory_bytes, locked_memory_limit_bytes, free_cache_bytes, groups,
                preferred_libraries, docker_runtimes, nvswitches, uvm_major, unread,
                nvidia_module_flavor)
TRILBY_DESCRIBE(Machine, os, kernel, container, host, cpu, memory, pci_devices, drm_nodes,
                nvidia_gpus, amd_gpus, kfd_nodes, drivers, device_nodes, cdi_specifications,
                libraries, libtorch, runtimes, environment)

}  // namespace trilby
