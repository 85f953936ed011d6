// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What runs on a machine and decides what its hardware can do: system, kernel, container,
/// libraries.

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
    Observed<std::string> version;  ///< absent for drivers that have only the kernel's
    Observed<std::string> flavour;  ///< "open" or "proprietary"; of nvidia only
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

/// A file that tells container engines how to hand a device over (Container Device Interface).
struct CdiSpecification {
    std::string path;
    Observed<std::string> kind;            ///< "nvidia.com/gpu"
    Observed<std::string> driver_version;  ///< of the libraries that it names
    Observed<std::string> missing_path;    ///< the first that it names and that is not there
};

struct OperatingSystem {
    Observed<std::string> pretty_name;  ///< "Fedora Linux 42 (Workstation Edition)"
    Observed<std::string> id;           ///< "fedora"
    Observed<std::string> id_like;      ///< systems that it is made of: "rhel centos fedora"
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

/// A library of a vendor, in one of the loader's folders.
struct LibraryFile {
    std::string name;  ///< "libcuda.so.1"
    std::string path;
    Observed<std::string> version;  ///< "580.95.05", as the file behind the link is named
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
    /// "libamdhip64.so.6": HIP's runtime, where the build needs one and does not bring it along.
    Observed<std::string> foreign_hip;
    /// As in <trilby/gpu_target.hpp>, of the code inside; absent from one for CPUs.
    Observed<std::vector<std::string>> gpu_targets;
    Observed<std::string> blas;  ///< "openblas", "mkl (built in)", "reference", ...
    Observed<bool> has_onednn;
    Observed<bool> has_gloo;  ///< between machines; so are the three below
    Observed<bool> has_nccl;
    Observed<bool> has_rccl;
    Observed<bool> has_mpi;
};

}  // namespace trilby
