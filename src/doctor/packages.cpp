// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/packages.hpp"

#include <algorithm>
#include <array>

namespace trilby::doctor {
namespace {

// A software without a row for a system is installed by its name, in a sentence.
constexpr auto all = std::to_array<Package>({
    // NVIDIA
    {"nvidia-open-driver", System::ubuntu, "nvidia-driver-580-open", "Ubuntu 24.04"},
    {"module-signing", System::fedora, "akmods mokutil openssl", "Fedora 43"},
    {"nvidia-modprobe", System::fedora, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::atomic, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::rhel, "nvidia-modprobe", "NVIDIA's repository for RHEL 9"},
    {"nvidia-modprobe", System::debian, "nvidia-modprobe", "Debian 13"},
    {"nvidia-modprobe", System::arch, "nvidia-utils", "Arch Linux"},
    {"nvidia-container-toolkit", System::arch, "nvidia-container-toolkit", "Arch Linux"},
    // AMD
    {"amd-firmware", System::fedora, "amd-gpu-firmware", "Fedora 43"},
    {"amd-firmware", System::atomic, "amd-gpu-firmware", "Fedora 43"},
    {"amd-firmware", System::rhel, "linux-firmware", "RHEL 9"},
    {"amd-firmware", System::debian, "firmware-amd-graphics", "Debian 12"},
    {"amd-firmware", System::ubuntu, "linux-firmware", "Ubuntu 24.04"},
    {"amd-firmware", System::arch, "linux-firmware-amdgpu", "Arch Linux"},
    {"amd-firmware", System::suse, "kernel-firmware-amdgpu", "openSUSE Tumbleweed"},
    {"hip-runtime", System::atomic, "rocm-hip", "Fedora 43"},
    {"hip-runtime", System::arch, "hip-runtime-amd", "Arch Linux"},
    // Others
    {"intel-compute-runtime", System::fedora, "intel-level-zero oneapi-level-zero", "Fedora 43"},
    {"intel-compute-runtime", System::atomic, "intel-level-zero oneapi-level-zero", "Fedora 43"},
    {"intel-compute-runtime", System::ubuntu, "libze-intel-gpu1 libze1",
     "Intel's repository for Ubuntu 24.04"},
    {"intel-compute-runtime", System::arch, "intel-compute-runtime level-zero-loader",
     "Arch Linux"},
    {"openblas", System::fedora, "flexiblas-openblas-openmp", "Fedora 43"},
    {"openblas", System::atomic, "flexiblas-openblas-openmp", "Fedora 43"},
    {"openblas", System::rhel, "flexiblas-openblas-openmp", "RHEL 9"},
    {"openblas", System::debian, "libopenblas0-pthread", "Debian 12"},
    {"openblas", System::arch, "blas-openblas", "Arch Linux"},
    {"openblas", System::suse, "libopenblas_pthreads0", "openSUSE Tumbleweed"},
});

}  // namespace

std::span<const Package> known_packages() {
    return all;
}

const Package* find_package(std::string_view software, System system) {
    const auto found = std::ranges::find_if(all, [&](const Package& package) {
        return package.software == software && package.system == system;
    });
    if (found != all.end()) {
        return &*found;
    }
    return system == System::other ? nullptr : find_package(software, base_of(system));
}

}  // namespace trilby::doctor
