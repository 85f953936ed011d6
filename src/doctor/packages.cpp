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
    {"nvidia-driver", System::fedora, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {"nvidia-driver", System::atomic, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {"nvidia-driver", System::rhel, "nvidia-open", "NVIDIA's repository for RHEL 10"},
    {"nvidia-driver", System::debian, "nvidia-driver nvidia-smi", "Debian 12"},
    {"nvidia-driver", System::ubuntu, "nvidia-driver-580", "Ubuntu 24.04"},
    {"nvidia-driver", System::arch, "nvidia-open nvidia-utils", "Arch Linux"},
    {"nvidia-open-driver", System::ubuntu, "nvidia-driver-580-open", "Ubuntu 24.04"},
    {"nvidia-open-driver", System::debian, "nvidia-open-kernel-dkms", "Debian 13"},
    {"nvidia-open-driver", System::rhel, "kmod-nvidia-open-dkms kmod-nvidia-latest-dkms",
     "NVIDIA's repository for RHEL 9"},
    {"older-nvidia-driver", System::fedora, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda",
     "RPM Fusion 43"},
    {"older-nvidia-driver", System::atomic, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda",
     "RPM Fusion 43"},
    {"older-nvidia-driver", System::rhel, "cuda-drivers", "NVIDIA's repository for RHEL 9"},
    {"nvidia-cuda-library", System::fedora, "xorg-x11-drv-nvidia-cuda-libs", "RPM Fusion 43"},
    {"nvidia-cuda-library", System::atomic, "xorg-x11-drv-nvidia-cuda-libs", "RPM Fusion 43"},
    {"nvidia-cuda-library", System::debian, "libcuda1", "Debian 12"},
    {"nvidia-cuda-library", System::arch, "nvidia-utils", "Arch Linux"},
    {"other-nvidia-libraries", System::fedora, "nvidia-driver-cuda nvidia-driver-cuda-libs",
     "NVIDIA's repository for Fedora 42"},
    {"nvidia-smi", System::fedora, "xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {"nvidia-smi", System::atomic, "xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {"nvidia-smi", System::debian, "nvidia-smi", "Debian 12"},
    {"nvidia-smi", System::arch, "nvidia-utils", "Arch Linux"},
    {"nvidia-modprobe", System::fedora, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::atomic, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::debian, "nvidia-modprobe", "Debian 12"},
    {"nvidia-modprobe", System::arch, "nvidia-utils", "Arch Linux"},
    {"nvidia-firmware", System::debian, "firmware-nvidia-gsp", "Debian 12"},
    {"nvidia-suspend", System::fedora, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {"cuda-toolkit", System::fedora, "cuda-toolkit", "NVIDIA's repository for Fedora 42"},
    // AMD
    {"amd-firmware", System::fedora, "amd-gpu-firmware", "Fedora 43"},
    {"amd-firmware", System::atomic, "amd-gpu-firmware", "Fedora 43"},
    {"amd-firmware", System::debian, "firmware-amd-graphics", "Debian 12"},
    {"amd-firmware", System::ubuntu, "linux-firmware", "Ubuntu 24.04"},
    {"amd-firmware", System::arch, "linux-firmware-amdgpu", "Arch Linux"},
    {"amd-firmware", System::suse, "kernel-firmware-amdgpu", "openSUSE Tumbleweed"},
    {"hip-runtime", System::fedora, "rocm-hip", "Fedora 43"},
    {"hip-runtime", System::atomic, "rocm-hip", "Fedora 43"},
    {"hip-runtime", System::arch, "hip-runtime-amd", "Arch Linux"},
    {"rocblas", System::fedora, "rocblas", "Fedora 43"},
    // Others
    {"pytorch", System::fedora, "python3-torch", "Fedora 43"},
    {"pytorch", System::arch, "python-pytorch-rocm", "Arch Linux"},
    {"intel-compute-runtime", System::fedora, "intel-level-zero oneapi-level-zero", "Fedora 43"},
    {"intel-compute-runtime", System::atomic, "intel-level-zero oneapi-level-zero", "Fedora 43"},
    {"intel-compute-runtime", System::ubuntu, "libze-intel-gpu1 libze1",
     "Intel's repository for Ubuntu 24.04"},
    {"intel-compute-runtime", System::arch, "intel-compute-runtime level-zero-loader",
     "Arch Linux"},
    {"fast-blas", System::fedora, "flexiblas-openblas-openmp", "Fedora 43"},
    {"fast-blas", System::atomic, "flexiblas-openblas-openmp", "Fedora 43"},
    {"fast-blas", System::rhel, "flexiblas-openblas-openmp", "RHEL 9"},
    {"fast-blas", System::debian, "libopenblas0-pthread", "Debian 12"},
    {"fast-blas", System::arch, "blas-openblas", "Arch Linux"},
    {"fast-blas", System::suse, "libopenblas_pthreads0", "openSUSE Tumbleweed"},
    {"older-gcc", System::fedora, "gcc14-c++", "Fedora 43"},
    {"older-gcc", System::debian, "g++-12", "Debian 12"},
    {"kernel-headers", System::fedora, "kernel-devel-matched", "Fedora 43"},
    {"kernel-headers", System::atomic, "kernel-devel-matched", "Fedora 43"},
    {"kernel-headers", System::arch, "linux-headers", "Arch Linux"},
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
