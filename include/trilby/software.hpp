// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The software that determines what the hardware can do: system, kernel, container, libraries.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/export.hpp>
#include <trilby/observed.hpp>

namespace trilby {

struct KernelDriver {
    std::string name;               ///< "nvidia", "amdgpu"
    Observed<std::string> version;  ///< absent for drivers without a version of their own
    Observed<std::string> flavour;  ///< "open" or "proprietary"; nvidia only
};

enum class ContainerKind : std::uint8_t {
    none,
    toolbx,
    distrobox,
    kubernetes,
    podman,
    docker,
    systemd_nspawn,
    lxc,
    flatpak,
    unknown,  ///< a container of another kind
};

/// "toolbx", "systemd-nspawn" and so on.
[[nodiscard]] TRILBY_API std::string_view container_name(ContainerKind kind);

struct Container {
    Observed<ContainerKind> kind;  ///< its source is the evidence
    Observed<std::string> image;
};

/// A file that tells container engines how to pass a device in (Container Device Interface).
struct CdiSpecification {
    std::string path;
    Observed<std::string> kind;            ///< "nvidia.com/gpu"
    Observed<std::string> driver_version;  ///< version of the libraries that it lists
    Observed<std::string> missing_path;    ///< does not exist; a library rather than a device node
    Observed<std::uint32_t> uvm_major;     ///< the listed device number of /dev/nvidia-uvm
};

struct OperatingSystem {
    Observed<std::string> pretty_name;  ///< "Fedora Linux 42 (Workstation Edition)"
    Observed<std::string> id;           ///< "fedora"
    Observed<std::string> id_like;      ///< systems that it is derived from: "rhel centos fedora"
    Observed<std::string> version_id;   ///< "42"
    Observed<std::string> kernel_release;
};

struct ModuleParameter {
    std::string name;  ///< "amdgpu.gttsize"
    Observed<std::string> value;
};

/// Parameters and restrictions of the kernel.
struct Kernel {
    /// The words of the command line that concern drivers, memory and CPUs.
    Observed<std::vector<std::string>> boot_parameters;
    std::vector<ModuleParameter> module_parameters;  ///< parameters of loaded drivers
    Observed<bool> secure_boot;                      ///< absent on machines without UEFI
    Observed<std::string> lockdown;                  ///< "none", "integrity", "confidentiality"
    Observed<std::string> selinux;  ///< "enforcing", "permissive"; absent if it is off
    Observed<std::string> transparent_huge_pages;  ///< "always", "madvise", "never"
};

/// A vendor's library in one of the loader's folders.
struct LibraryFile {
    std::string name;  ///< "libcuda.so.1"
    std::string path;
    Observed<std::string> version;  ///< "580.95.05", from the name of the link's target
};

/// The outcome of querying a vendor's runtime.
enum class RuntimeState : std::uint8_t {
    answered,
    missing,        ///< the library is not installed
    wrong_version,  ///< it does not fit the kernel driver, or lacks a function or a library
    refused,        ///< it could not be initialized, or gave impossible values
    crashed,        ///< its process died
    timed_out,      ///< it did not answer in time and was killed
    stuck,          ///< it did not answer and cannot be killed: it hangs in the kernel
    not_asked,      ///< the program that queries it failed
};

/// "answered", "wrong_version" and so on.
[[nodiscard]] TRILBY_API std::string_view runtime_state_name(RuntimeState state);

/// A device as a runtime sees it. pci_address equals PciDevice::address.
struct RuntimeDevice {
    Observed<std::string> name;
    Observed<std::string> pci_address;
    Observed<std::string> architecture;  ///< CUDA's compute capability, "9.0"
    Observed<std::uint64_t> memory_total_bytes;
    Observed<std::uint64_t> memory_used_bytes;
    Observed<std::uint32_t> compute_units;
    Observed<bool> is_partitioned;
    Observed<bool> has_ecc;
    Observed<std::string> problem;  ///< why the runtime cannot use the device; absent if it can
};

/// A vendor's library, queried in a separate process.
struct Runtime {
    std::string name;  ///< "nvml", "cuda", "hip", "rocm_smi"
    RuntimeState state = RuntimeState::not_asked;
    Observed<std::string> message;          ///< why it did not answer; absent if it did
    Observed<std::string> library;          ///< path of the file
    Observed<std::string> library_version;  ///< from the name of its file
    Observed<std::string> driver_version;   ///< as the library reports it
    Observed<std::string> api_version;      ///< version of CUDA or HIP
    Observed<std::vector<RuntimeDevice>> devices;
};

/// An installed LibTorch. Its files are read; it is not loaded.
struct LibTorch {
    std::string folder;  ///< the folder of libtorch_cpu.so
    Observed<std::string> version;
    Observed<std::string> flavour;       ///< "cpu", "cuda" or "rocm"
    Observed<std::string> cuda_version;  ///< version of CUDA that it was built with
    Observed<std::string> hip_version;
    Observed<std::string> cudnn_version;  ///< "9.1", as installed with a wheel
    Observed<std::string> nccl_version;
    /// "libamdhip64.so.6": HIP's runtime, if the build needs one and does not include it.
    Observed<std::string> foreign_hip;
    /// Targets of its GPU code (<trilby/gpu_target.hpp>); absent if it is for CPUs.
    Observed<std::vector<std::string>> gpu_targets;
    /// Targets of the data files of the rocBLAS that it includes; absent if it includes none.
    Observed<std::vector<std::string>> rocblas_targets;
    Observed<std::string> blas;  ///< "openblas", "mkl (built in)", "reference", ...
    Observed<bool> has_onednn;
    Observed<bool> has_gloo;  ///< for training on several machines, as the next three
    Observed<bool> has_nccl;
    Observed<bool> has_rccl;
    Observed<bool> has_mpi;
};

}  // namespace trilby
