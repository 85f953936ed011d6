// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The names that the probe reads for the doctor's conditions. Each condition declares which of
/// them it reads. The probe iterates over the members, so each name is written only here.

#pragma once

#include <array>
#include <string_view>

namespace trilby::watched {

using Name = std::string_view;

struct Variables {
    Name cuda_visible_devices = "CUDA_VISIBLE_DEVICES";
    Name nvidia_visible_devices = "NVIDIA_VISIBLE_DEVICES";
    Name nvidia_driver_capabilities = "NVIDIA_DRIVER_CAPABILITIES";
    Name hip_visible_devices = "HIP_VISIBLE_DEVICES";
    Name rocr_visible_devices = "ROCR_VISIBLE_DEVICES";
    Name hsa_override_gfx_version = "HSA_OVERRIDE_GFX_VERSION";
    Name rocblas_tensile_libpath = "ROCBLAS_TENSILE_LIBPATH";
    Name hipblaslt_tensile_libpath = "HIPBLASLT_TENSILE_LIBPATH";
    Name torch_blas_prefer_hipblaslt = "TORCH_BLAS_PREFER_HIPBLASLT";
    Name nccl_p2p_disable = "NCCL_P2P_DISABLE";
    Name loadedmodules = "LOADEDMODULES";
    Name pythonnousersite = "PYTHONNOUSERSITE";
    Name omp_num_threads = "OMP_NUM_THREADS";
    Name openblas_num_threads = "OPENBLAS_NUM_THREADS";
    Name mkl_num_threads = "MKL_NUM_THREADS";
};
inline constexpr Variables variables;

/// Files and folders that are checked for existence.
struct Files {
    Name ostree_booted = "/run/ostree-booted";
    Name nvidia_smi = "/usr/bin/nvidia-smi";
    Name nvidia_modprobe = "/usr/bin/nvidia-modprobe";
    Name nvidia_ctk = "/usr/bin/nvidia-ctk";
    Name nvidia_container_hook = "/usr/bin/nvidia-container-runtime-hook";
    Name nvidia_hook = "/usr/share/containers/oci/hooks.d/oci-nvidia-hook.json";
    Name nvidia_source = "/usr/src/akmods/nvidia-kmod.latest";
    Name nvidia_580_source = "/usr/src/akmods/nvidia-580xx-kmod.latest";
    Name nvcc = "/usr/local/cuda/bin/nvcc";
    Name fabric_manager = "/usr/bin/nv-fabricmanager";
    Name fabric_manager_state = "/run/nvidia-fabricmanager";  ///< exists once it was started
    Name podman = "/usr/bin/podman";
    Name docker = "/usr/bin/dockerd";
    Name docker_of_debian = "/usr/sbin/dockerd";
    Name toolbox = "/usr/bin/toolbox";
    Name distrobox = "/usr/bin/distrobox-host-exec";
    Name cmake = "/usr/bin/cmake";
    Name rocblas_cmake = "/usr/lib64/cmake/rocblas";
    Name amdgpu_firmware = "/usr/lib/firmware/amdgpu";
    Name amdgpu_firmware_unmerged = "/lib/firmware/amdgpu";  ///< if /lib is not a link to /usr/lib
    Name kfd_class = "/sys/class/kfd";
    Name wsl_gpu = "/dev/dxg";
    Name infiniband = "/dev/infiniband";
};
inline constexpr Files files;

/// Files with short text.
struct Texts {
    Name firmware_path = "/sys/module/firmware_class/parameters/path";
    Name selinux_label = "/proc/self/attr/current";
    Name hmm_is_disabled = "/sys/module/nvidia_uvm/parameters/uvm_disable_hmm";
    Name signatures_are_enforced = "/sys/module/module/parameters/sig_enforce";
    Name suspend_count = "/sys/power/suspend_stats/success";
    Name system_vendor = "/sys/class/dmi/id/sys_vendor";
    Name product_name = "/sys/class/dmi/id/product_name";
    Name device_tree = "/proc/device-tree/compatible";
    Name cuda_versions = "/usr/local/cuda/version.json";
    Name cpu_frequency_driver = "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver";
    Name platform_profile = "/sys/firmware/acpi/platform_profile";
};
inline constexpr Texts texts;

/// The libraries that the probe looks up in the loader's folders. Nothing is known about others.
/// Releases of ROCm after 7 are numbered from 10.
inline constexpr std::array<Name, 20> libraries{
    "libcuda.so.1",       "libnvidia-ml.so.1",  "libcudart.so.12",    "libcudart.so.13",
    "libnccl.so.2",       "libamdhip64.so.5",   "libamdhip64.so.6",   "libamdhip64.so.7",
    "libamdhip64.so.8",   "libamdhip64.so.9",   "libamdhip64.so.10",  "libhsa-runtime64.so.1",
    "librocm_smi64.so.1", "librocm_smi64.so.6", "librocm_smi64.so.7", "libamd_smi.so.25",
    "libamd_smi.so.26",   "librccl.so.1",       "libze_loader.so.1",  "libze_intel_gpu.so.1"};

/// The libraries that the probe looks up in LD_LIBRARY_PATH.
inline constexpr std::array<Name, 11> preferred_libraries{
    "libcudnn.so.8",    "libcudnn.so.9",   "libnccl.so.2",       "libcudart.so.11.0",
    "libcudart.so.12",  "libcudart.so.13", "libnvJitLink.so.12", "libnvJitLink.so.13",
    "libnvrtc.so.11.2", "libnvrtc.so.12",  "libnvrtc.so.13"};

}  // namespace trilby::watched
