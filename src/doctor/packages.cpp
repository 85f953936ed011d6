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
    {"nvidia-driver", System::debian, "nvidia-driver nvidia-smi", "Debian 13"},
    {"nvidia-driver", System::ubuntu, "ubuntu-drivers-common", "Ubuntu 24.04"},
    {"nvidia-open-driver", System::rhel, "nvidia-open", "NVIDIA's repository for RHEL 10"},
    {"nvidia-open-driver", System::debian, "nvidia-open", "NVIDIA's repository for Debian 13"},
    {"nvidia-open-driver", System::ubuntu, "nvidia-driver-580-open", "Ubuntu 24.04"},
    {"nvidia-open-driver", System::arch, "nvidia-open nvidia-open-dkms nvidia-utils", "Arch Linux"},
    {"nvidia-open-driver", System::suse, "nvidia-open-driver-G07-signed-kmp-meta",
     "NVIDIA's repository for Leap 16.0"},
    {"nvidia-repository", System::suse,
     "openSUSE-repos-Tumbleweed-NVIDIA openSUSE-repos-Leap-NVIDIA", "openSUSE Leap 16.0"},
    {"older-nvidia-driver", System::fedora, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda",
     "RPM Fusion 44"},
    {"older-nvidia-driver", System::atomic, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda",
     "RPM Fusion 44"},
    {"older-nvidia-driver", System::debian, "nvidia-driver-pinning-580 cuda-drivers-580",
     "NVIDIA's repository for Debian 12"},
    {"nvidia-cuda-library", System::fedora, "xorg-x11-drv-nvidia-cuda-libs", "RPM Fusion 43"},
    {"nvidia-cuda-library", System::atomic, "xorg-x11-drv-nvidia-cuda-libs", "RPM Fusion 43"},
    {"nvidia-cuda-library", System::debian, "libcuda1", "Debian 13"},
    {"nvidia-cuda-library", System::arch, "nvidia-utils", "Arch Linux"},
    {"nvidia-cuda", System::fedora, "nvidia-driver-cuda nvidia-driver-cuda-libs",
     "NVIDIA's repository for Fedora 42"},
    {"nvidia-cuda", System::rhel, "nvidia-driver-cuda", "NVIDIA's repository for RHEL 10"},
    {"nvidia-cuda", System::suse, "nvidia-compute-utils-G07 nvidia-compute-utils-G06",
     "NVIDIA's repository for Leap 16.0"},
    {"nvidia-modprobe", System::fedora, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::atomic, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::rhel, "nvidia-modprobe", "NVIDIA's repository for RHEL 9"},
    {"nvidia-modprobe", System::debian, "nvidia-modprobe", "Debian 13"},
    {"nvidia-modprobe", System::arch, "nvidia-utils", "Arch Linux"},
    {"nvidia-firmware", System::debian, "firmware-nvidia-gsp", "Debian 13"},
    {"nvidia-suspend", System::fedora, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {"nvidia-suspend", System::atomic, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {"nvidia-suspend", System::debian, "nvidia-suspend-common", "Debian 13"},
    {"nvidia-fabric-manager", System::rhel, "nvidia-fabricmanager",
     "NVIDIA's repository for RHEL 9"},
    {"nvidia-container-toolkit", System::fedora, "nvidia-container-toolkit", "NVIDIA's repository"},
    {"nvidia-container-toolkit", System::atomic, "nvidia-container-toolkit", "NVIDIA's repository"},
    {"nvidia-container-toolkit", System::rhel, "nvidia-container-toolkit", "NVIDIA's repository"},
    {"nvidia-container-toolkit", System::debian, "nvidia-container-toolkit", "NVIDIA's repository"},
    {"nvidia-container-toolkit", System::suse, "nvidia-container-toolkit", "NVIDIA's repository"},
    {"nvidia-container-toolkit", System::arch, "nvidia-container-toolkit", "Arch Linux"},
    {"cuda-toolkit", System::fedora, "cuda-toolkit", "NVIDIA's repository for Fedora 42"},
    {"cuda-toolkit", System::debian, "cuda-toolkit", "NVIDIA's repository for Debian 13"},
    // AMD
    {"amd-firmware", System::fedora, "amd-gpu-firmware", "Fedora 43"},
    {"amd-firmware", System::atomic, "amd-gpu-firmware", "Fedora 43"},
    {"amd-firmware", System::rhel, "linux-firmware", "RHEL 9"},
    {"amd-firmware", System::debian, "firmware-amd-graphics", "Debian 12"},
    {"amd-firmware", System::ubuntu, "linux-firmware", "Ubuntu 24.04"},
    {"amd-firmware", System::arch, "linux-firmware-amdgpu", "Arch Linux"},
    {"amd-firmware", System::suse, "kernel-firmware-amdgpu", "openSUSE Tumbleweed"},
    {"hip-runtime", System::fedora, "rocm-hip", "Fedora 43"},
    {"hip-runtime", System::atomic, "rocm-hip", "Fedora 43"},
    {"hip-runtime", System::arch, "hip-runtime-amd", "Arch Linux"},
    {"rocblas", System::fedora, "rocblas", "Fedora 43"},
    {"rocm-development", System::fedora,
     "hipblas-devel hipblaslt-devel hipcub-devel hipfft-devel hiprand-devel hipsolver-devel "
     "hipsparse-devel miopen-devel rocblas-devel rocfft-devel rocm-comgr-devel rocm-core-devel "
     "rocm-hip-devel rocm-runtime-devel rocprim-devel rocrand-devel rocsolver-devel "
     "rocthrust-devel",
     "Fedora's source of python3-torch"},
    // Others
    {"pytorch", System::fedora, "python3-torch", "Fedora 43"},
    {"pytorch", System::arch, "python-pytorch-rocm", "Arch Linux"},
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
    {"older-gcc", System::fedora, "gcc14-c++", "Fedora 43"},
    {"older-gcc", System::debian, "g++-13", "Debian 13"},
    {"older-gcc", System::suse, "gcc13-c++", "openSUSE Tumbleweed"},
    {"python-environments", System::rhel, "python3.12", "RHEL 9"},
    {"python-environments", System::debian, "python3-venv", "Debian 13"},
    {"kernel-headers", System::fedora, "kernel-devel-matched", "Fedora 43"},
    {"kernel-headers", System::atomic, "kernel-devel-matched", "Fedora 43"},
    {"kernel-headers", System::arch, "linux-headers", "Arch Linux"},
    {"kernel-headers", System::suse, "kernel-default-devel", "openSUSE Leap 16.0"},
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
