// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What several of NVIDIA's conditions ask of the facts, and how its driver is installed.

#pragma once

#include <optional>

#include "doctor/evidence.hpp"

namespace trilby::doctor {

/// 86 for compute capability 8.6, by the PCI device number; nothing for what is not known.
[[nodiscard]] std::optional<std::uint32_t> nvidia_capability(std::uint16_t device_id);
/// As above; nothing if the device does not say what it is.
[[nodiscard]] std::optional<std::uint32_t> nvidia_capability(const PciDevice& device);

/// Cards that a driver of today can compute with: Maxwell, which came in 2014, and later. Parts of
/// a card that it lends to virtual machines are not among them.
[[nodiscard]] std::vector<const PciDevice*> nvidia_cards(const Machine& machine);
/// Those of them that are known to be bound to no driver at all, to nouveau or nova, or to
/// NVIDIA's.
[[nodiscard]] std::vector<const PciDevice*> unbound_nvidia_cards(const Machine& machine);
[[nodiscard]] std::vector<const PciDevice*> nouveau_cards(const Machine& machine);
[[nodiscard]] std::vector<const PciDevice*> working_nvidia_cards(const Machine& machine);

/// What keeps a card from computing blocks, but is a hint in a container that need not have one.
[[nodiscard]] Severity nvidia_severity(const Facts& facts);

/// "AD102 [GeForce RTX 4090] at 0000:01:00.0 is bound to nouveau".
[[nodiscard]] std::string bound_to(const PciDevice& device);
/// The same with no driver, and the path of the link that is not there.
[[nodiscard]] std::string bound_to_nothing(const PciDevice& device);

/// As the driver's releases are numbered, and not "1.1" of a library for another system.
[[nodiscard]] bool is_driver_version(const Observed<std::string>& version);

/// Of the loaded module; nothing if it is not loaded or does not say.
[[nodiscard]] const Observed<std::string>* loaded_nvidia_version(const Machine& machine);

/// The library of the driver that a 64-bit process loads, if its file says which release it is of.
[[nodiscard]] const LibraryFile* nvidia_library(const Machine& machine, std::string_view name);
/// There are libraries of a name, and each is known to be of another release than `version`.
[[nodiscard]] bool is_of_other_driver(const Machine& machine, std::string_view name,
                                      std::string_view version);
/// In the folder of the CUDA toolkit for older drivers (forward compatibility).
[[nodiscard]] bool is_compatibility_library(const LibraryFile& library);

/// "580" of "580.95.05"; 0 if there is no number.
[[nodiscard]] std::uint32_t major_version(std::string_view version);

/// The folder of modules for the kernel that runs; null if it is not known or not there.
[[nodiscard]] const KernelFolder* running_kernel(const Facts& facts);

/// Some word of the kernel's command line forbids to load `module`.
[[nodiscard]] bool is_blacklisted(const Machine& machine, std::string_view module);
/// The word with `key`, such as "rd.driver.blacklist", names `module`.
[[nodiscard]] bool is_blacklisted_by(const Machine& machine, std::string_view key,
                                     std::string_view module);

/// Whether a runtime was asked and said this code, such as "(CUDA error 999)".
[[nodiscard]] bool has_said(const Machine& machine, std::string_view runtime_name,
                            std::string_view code);
/// "nvml: Driver/library version mismatch (NVML error 18)".
[[nodiscard]] std::string quote_message(const Runtime& runtime);

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
