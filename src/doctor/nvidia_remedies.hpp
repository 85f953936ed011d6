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
    "Wait a few minutes until the module is built and this prints its version: modinfo -F version "
    "nvidia\n"
    "If Secure Boot is on (mokutil --sb-state), do this first: sudo kmodgenca -a; sudo mokutil "
    "--import /etc/pki/akmods/certs/public_key.der\n"
    "sudo systemctl reboot\n"
    "Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used.";
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
    "If Secure Boot is on (mokutil --sb-state), also enroll the module's key: trilby doctor "
    "--explain TRL-N005\n"
    "systemctl reboot\n"
    "Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used.";
inline constexpr std::string_view install_on_host =
    "Install the driver on the host, not in this container.\n"
    "On a Fedora Workstation or Server, from RPM Fusion: sudo dnf install akmod-nvidia "
    "xorg-x11-drv-nvidia-cuda\n"
    "On a Fedora Atomic desktop, from RPM Fusion: rpm-ostree install akmod-nvidia "
    "xorg-x11-drv-nvidia-cuda\n"
    "Restart the host, then enter the container again.";
inline constexpr std::string_view install_on_debian =
    "On Debian, after you add contrib, non-free and non-free-firmware to /etc/apt/sources.list: "
    "sudo apt install linux-headers-$(uname -r) nvidia-driver nvidia-smi\n"
    "On Ubuntu: sudo ubuntu-drivers install\n"
    "If Secure Boot is on (mokutil --sb-state), do this first: sudo mokutil --import "
    "/var/lib/dkms/mok.pub\n"
    "sudo systemctl reboot\n"
    "Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used.";
inline constexpr std::string_view install_anywhere =
    "Install your distribution's packages of NVIDIA's driver, with its CUDA library and "
    "nvidia-smi.\n"
    "Restart. Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used.";

}  // namespace trilby::doctor
