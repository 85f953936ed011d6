// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/packages.hpp"

#include <algorithm>
#include <array>

namespace trilby::doctor {
namespace {

constexpr auto all = std::to_array<Package>({
    {"nvidia-driver", System::fedora, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {"nvidia-driver", System::atomic, "akmod-nvidia xorg-x11-drv-nvidia-cuda", "RPM Fusion 43"},
    {"nvidia-driver", System::debian, "nvidia-driver nvidia-smi", "Debian 12, 13"},
    {"nvidia-driver-580", System::fedora, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda",
     "RPM Fusion 44"},
    {"nvidia-driver-580", System::atomic, "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda",
     "RPM Fusion 44"},
    {"nvidia-driver-580", System::debian, "nvidia-driver-pinning-580 cuda-drivers-580",
     "NVIDIA's repository"},
    {"nvidia-driver-open", System::rhel, "nvidia-open", "NVIDIA's repository"},
    {"nvidia-driver-open", System::debian, "nvidia-open", "NVIDIA's repository"},
    {"nvidia-driver-open", System::ubuntu, "nvidia-driver-580-open", "Ubuntu 24.04"},
    {"nvidia-driver-open", System::arch, "nvidia-open nvidia-open-dkms nvidia-utils",
     "Arch Linux 2026"},
    {"nvidia-driver-open", System::suse, "nvidia-open-driver-G07-signed-kmp-meta", "Leap 16.0"},
    {"nvidia-cuda", System::fedora, "nvidia-driver-cuda", "NVIDIA's repository"},
    {"nvidia-cuda", System::rhel, "nvidia-driver-cuda", "NVIDIA's repository"},
    {"nvidia-cuda", System::debian, "libcuda1 nvidia-smi", "Debian 12, 13"},
    {"nvidia-cuda", System::suse, "nvidia-compute-utils-G07 nvidia-compute-utils-G06",
     "Leap 15.6, 16.0"},
    {"nvidia-modprobe", System::fedora, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::atomic, "nvidia-modprobe", "RPM Fusion 43"},
    {"nvidia-modprobe", System::rhel, "nvidia-modprobe", "NVIDIA's repository"},
    {"nvidia-modprobe", System::debian, "nvidia-modprobe", "Debian 12, 13"},
    {"nvidia-modprobe", System::arch, "nvidia-utils", "Arch Linux 2026"},
    {"nvidia-firmware", System::debian, "firmware-nvidia-gsp", "Debian 12, 13"},
    {"nvidia-power", System::fedora, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {"nvidia-power", System::atomic, "xorg-x11-drv-nvidia-power", "RPM Fusion 43"},
    {"nvidia-power", System::debian, "nvidia-suspend-common", "Debian 12, 13"},
    {"nvidia-fabricmanager", System::rhel, "nvidia-fabricmanager", "NVIDIA's repository"},
    {"nvidia-repository", System::suse,
     "openSUSE-repos-Tumbleweed-NVIDIA openSUSE-repos-Leap-NVIDIA", "Leap 15.6, Tumbleweed"},
    {"ubuntu-drivers", System::ubuntu, "ubuntu-drivers-common", "Ubuntu 24.04"},
    {"cuda-toolkit", System::fedora, "cuda-toolkit", "NVIDIA's repository"},
    {"cuda-toolkit", System::debian, "cuda-toolkit", "NVIDIA's repository"},
    {"kernel-headers", System::fedora, "kernel-devel-matched", "Fedora 43"},
    {"kernel-headers", System::atomic, "kernel-devel-matched", "Fedora 43"},
    {"kernel-headers", System::arch, "linux-headers", "Arch Linux 2026"},
    {"kernel-headers", System::suse, "kernel-default-devel", "Leap 16.0"},
    {"gcc-for-cuda", System::fedora, "gcc14-c++", "Fedora 43"},
    {"gcc-for-cuda", System::debian, "g++-13", "Debian 13"},
    {"gcc-for-cuda", System::suse, "gcc13-c++", "Tumbleweed"},
    {"python3-venv", System::debian, "python3-venv", "Debian 12, 13"},
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
