// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How NVIDIA's driver is installed.

#pragma once

#include <string_view>

namespace trilby::doctor {

inline constexpr std::string_view install_on_fedora =
    "sudo dnf install https://mirrors.rpmfusion.org/free/fedora/"
    "rpmfusion-free-release-$(rpm -E %fedora).noarch.rpm "
    "https://mirrors.rpmfusion.org/nonfree/fedora/"
    "rpmfusion-nonfree-release-$(rpm -E %fedora).noarch.rpm\n"
    "sudo dnf install akmod-nvidia xorg-x11-drv-nvidia-cuda\n"
    "For a GeForce GTX 10 or older, or a Titan V, instead: sudo dnf install akmod-nvidia-580xx "
    "xorg-x11-drv-nvidia-580xx-cuda\n"
    "Wait until the module is built, which takes minutes: modinfo -F version nvidia has to "
    "answer.\n"
    "With Secure Boot on (mokutil --sb-state), first: sudo kmodgenca -a; sudo mokutil --import "
    "/etc/pki/akmods/certs/public_key.der\n"
    "sudo systemctl reboot\n"
    "Then nvidia-smi lists the card, and 'trilby backends' picks cuda.";
inline constexpr std::string_view install_on_atomic =
    "rpm-ostree install https://mirrors.rpmfusion.org/free/fedora/"
    "rpmfusion-free-release-$(rpm -E %fedora).noarch.rpm "
    "https://mirrors.rpmfusion.org/nonfree/fedora/"
    "rpmfusion-nonfree-release-$(rpm -E %fedora).noarch.rpm\n"
    "systemctl reboot\n"
    "rpm-ostree install akmod-nvidia xorg-x11-drv-nvidia-cuda\n"
    "rpm-ostree kargs --append-if-missing=rd.driver.blacklist=nouveau,nova_core "
    "--append-if-missing=modprobe.blacklist=nouveau,nova_core\n"
    "For a GeForce GTX 10 or older, or a Titan V, instead of the packages above: "
    "akmod-nvidia-580xx xorg-x11-drv-nvidia-580xx-cuda\n"
    "With Secure Boot on (mokutil --sb-state), the module's key has to be enrolled as well: trilby "
    "doctor --explain TRL-N005\n"
    "systemctl reboot\n"
    "Then nvidia-smi lists the card, and 'trilby backends' picks cuda.";
inline constexpr std::string_view install_on_host =
    "The driver belongs on the host, not in here.\n"
    "On a Fedora Workstation or Server, from RPM Fusion: sudo dnf install akmod-nvidia "
    "xorg-x11-drv-nvidia-cuda\n"
    "On a Fedora Atomic desktop, from RPM Fusion: rpm-ostree install akmod-nvidia "
    "xorg-x11-drv-nvidia-cuda\n"
    "Restart the host, and enter the container again.";
inline constexpr std::string_view install_on_debian =
    "On Debian, with the components contrib, non-free and non-free-firmware in "
    "/etc/apt/sources.list: sudo apt install linux-headers-$(uname -r) nvidia-driver nvidia-smi\n"
    "On Ubuntu: sudo ubuntu-drivers install\n"
    "With Secure Boot on (mokutil --sb-state), first: sudo mokutil --import "
    "/var/lib/dkms/mok.pub\n"
    "sudo systemctl reboot\n"
    "Then nvidia-smi lists the card, and 'trilby backends' picks cuda.";
inline constexpr std::string_view install_anywhere =
    "Install NVIDIA's driver from the packages of your distribution, with its CUDA library and "
    "nvidia-smi.\n"
    "Restart. Then nvidia-smi lists the card, and 'trilby backends' picks cuda.";

}  // namespace trilby::doctor
