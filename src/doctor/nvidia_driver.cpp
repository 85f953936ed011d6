// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of the driver that an NVIDIA card has, lacks or needs.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "doctor/nvidia_remedies.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

constexpr std::uint32_t turing = 75;
constexpr std::uint32_t blackwell = 100;

template <class Describe>
Evidence found_cards(const std::vector<const PciDevice*>& cards, Describe describe_card) {
    std::vector<std::string> lines;
    for (const PciDevice* card : cards) {
        lines.push_back(describe_card(*card));
    }
    return lines.empty() ? std::nullopt : Evidence(lines);
}

bool is_nova(const PciDevice& card) {
    return card.driver.value_or("") != "nouveau";
}

Evidence nouveau(const Facts& facts) {
    auto cards = nouveau_cards(facts.machine);
    std::erase_if(cards, [](const PciDevice* card) { return is_nova(*card); });
    return found_cards(cards, bound_to);
}

Evidence nova(const Facts& facts) {
    auto cards = nouveau_cards(facts.machine);
    std::erase_if(cards, [](const PciDevice* card) { return !is_nova(*card); });
    return found_cards(cards, bound_to);
}

Evidence for_virtual_machines(const Facts& facts) {
    auto cards = nvidia_cards(facts.machine);
    std::erase_if(cards,
                  [](const PciDevice* card) { return card->driver.value_or("") != "vfio-pci"; });
    return is_in_container(facts.machine) ? std::nullopt : found_cards(cards, bound_to);
}

Evidence no_driver(const Facts& facts) {
    return found_cards(unbound_nvidia_cards(facts.machine), bound_to_nothing);
}

Evidence versions_differ(const Facts& facts) {
    const auto* driver = loaded_nvidia_version(facts.machine);
    if (driver == nullptr) {
        return std::nullopt;
    }
    for (const char* name : {"libcuda.so.1", "libnvidia-ml.so.1"}) {
        const LibraryFile* library = nvidia_library(facts.machine, name);
        if (library != nullptr && *library->version != **driver &&
            !is_compatibility_library(*library)) {
            return std::vector{quote(*driver),
                               fmt::format("{} has release {}", printable(library->path, 256),
                                           printable(*library->version, 64))};
        }
    }
    return std::nullopt;
}

Evidence needs_open_module(const Facts& facts) {
    const KernelDriver* driver = loaded_driver(facts.machine, "nvidia");
    if (driver == nullptr || driver->flavour.value_or("") != "proprietary") {
        return std::nullopt;
    }
    auto cards = unbound_nvidia_cards(facts.machine);
    std::erase_if(cards, [](const PciDevice* card) {
        return nvidia_capability(*card).value_or(0) < blackwell;
    });
    Evidence evidence = found_cards(cards, bound_to_nothing);
    if (evidence) {
        evidence->push_back(quote(driver->flavour));
    }
    return evidence;
}

/// The release of the installed driver, loaded or not.
Observed<std::string> installed_release(const Facts& facts) {
    if (const auto* loaded = loaded_nvidia_version(facts.machine)) {
        return *loaded;
    }
    for (const char* name : {"libnvidia-ml.so.1", "libcuda.so.1"}) {
        const LibraryFile* library = nvidia_library(facts.machine, name);
        if (library != nullptr && !is_compatibility_library(*library)) {
            return Observed<std::string>::present(*library->version, library->path);
        }
    }
    return {};
}

Evidence driver_too_new(const Facts& facts) {
    constexpr std::uint32_t first_without_old_cards = 590;
    const auto release = installed_release(facts);
    if (is_in_container(facts.machine) ||
        major_version(release.value_or("")) < first_without_old_cards) {
        return std::nullopt;
    }
    auto cards = nvidia_cards(facts.machine);
    std::erase_if(cards, [](const PciDevice* card) {
        const bool has_another = card->driver.has_value() && card->driver.value() != "nouveau";
        return nvidia_capability(*card).value_or(turing) >= turing || has_another ||
               card->driver.is_unreadable();
    });
    Evidence evidence = found_cards(cards, [](const PciDevice& card) {
        return card.driver ? bound_to(card) : bound_to_nothing(card);
    });
    if (evidence) {
        evidence->push_back(quote(release));
    }
    return evidence;
}

bool has_firmware_in_use(const Machine& machine) {
    return std::ranges::any_of(machine.nvidia_gpus.value_or({}), [](const NvidiaGpu& gpu) {
        return gpu.gsp_firmware.presence() != Presence::absent;
    });
}

Evidence no_firmware(const Facts& facts) {
    const KernelDriver* driver = loaded_driver(facts.machine, "nvidia");
    const auto& files = facts.machine.environment.nvidia_firmware;
    const bool is_elsewhere = !facts.text(watched::texts.firmware_path).value_or("").empty();
    const bool needs_it = driver != nullptr && driver->flavour.value_or("") == "open" &&
                          !has_firmware_in_use(facts.machine);
    if (is_in_container(facts.machine) || !needs_it || !files || is_elsewhere) {
        return std::nullopt;
    }
    const bool has_any =
        std::ranges::any_of(*files, [](std::string_view name) { return name.starts_with("gsp_"); });
    return has_any ? std::nullopt
                   : Evidence(std::vector{
                         quote(driver->flavour),
                         fmt::format("{} has no gsp_*.bin", printable(files.source(), 256))});
}

Evidence no_uvm(const Facts& facts) {
    const auto& nodes = facts.machine.device_nodes;
    if (!nodes || !is_node_missing(facts.machine, "/dev/nvidia-uvm") ||
        loaded_driver(facts.machine, "nvidia") == nullptr) {
        return std::nullopt;
    }
    const auto card = std::ranges::find_if(*nodes, is_nvidia_card_node);
    // The CUDA library starts it when CUDA is first used, and it creates the node.
    const bool can_be_made = !facts.lacks_file(watched::files.nvidia_modprobe);
    if (card == nodes->end() || can_be_made) {
        return std::nullopt;
    }
    return std::vector{
        fmt::format("{} exists, but /dev/nvidia-uvm does not", printable(card->path, 64)),
        std::string("/usr/bin/nvidia-modprobe, which would create it, does not exist")};
}

constexpr std::array conditions{
    Condition{.id = "TRL-N001",
              .severity = Severity::blocks,
              .title = "An NVIDIA card is bound to nouveau, which cannot compute",
              .why = "CUDA works only with NVIDIA's driver, so no program can compute with the "
                     "card.",
              .remedy = {.any = install_anywhere,
                         .fedora = install_on_fedora,
                         .atomic = install_on_atomic,
                         .toolbx = install_on_host,
                         .debian = install_on_debian},
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N005", "TRL-N006", "TRL-N007", "TRL-N009", "TRL-N012", "TRL-N017"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = nouveau},
    Condition{
        .id = "TRL-N002",
        .severity = Severity::blocks,
        .title = "An NVIDIA card is bound to nova, which cannot compute",
        .why = "CUDA works only with NVIDIA's driver, so no program can compute with the card.",
        .remedy = {.any = "Add rd.driver.blacklist=nouveau,nova_core and "
                          "modprobe.blacklist=nouveau,nova_core to the kernel command line.\n"
                          "Install NVIDIA's driver if it is not installed, then restart.",
                   .fedora =
                       "sudo grubby --update-kernel=ALL "
                       "--args=\"rd.driver.blacklist=nouveau,nova_core "
                       "modprobe.blacklist=nouveau,nova_core\"\n"
                       "If NVIDIA's driver is not installed, from RPM Fusion: sudo dnf "
                       "install akmod-nvidia xorg-x11-drv-nvidia-cuda\n"
                       "sudo systemctl reboot\n"
                       "Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used.",
                   .atomic = "rpm-ostree kargs "
                             "--append-if-missing=rd.driver.blacklist=nouveau,nova_core "
                             "--append-if-missing=modprobe.blacklist=nouveau,nova_core\n"
                             "If NVIDIA's driver is not installed, from RPM Fusion: rpm-ostree "
                             "install akmod-nvidia xorg-x11-drv-nvidia-cuda\n"
                             "systemctl reboot",
                   .toolbx = install_on_host},
        .place = Place::host,
        .weigh = nvidia_severity,
        .causes = {"TRL-N017"},
        .reads = {watched::variables.nvidia_visible_devices},
        .find = nova},
    Condition{.id = "TRL-N003",
              .severity = Severity::hint,
              .title = "An NVIDIA card is reserved for virtual machines",
              .why = "This system cannot compute with it while vfio-pci holds it.",
              .remedy = {.any = "If no virtual machine needs the card: remove vfio-pci.ids from "
                                "the kernel command line and from /etc/modprobe.d.\n"
                                "driverctl list-overrides\n"
                                "Restart."},
              .place = Place::host,
              .find = for_virtual_machines},
    Condition{.id = "TRL-N004",
              .severity = Severity::blocks,
              .title = "An NVIDIA card has no driver",
              .why = "No program can use a card without a driver.",
              .remedy = {.any = install_anywhere,
                         .fedora = install_on_fedora,
                         .atomic = install_on_atomic,
                         .toolbx = install_on_host,
                         .debian = install_on_debian},
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N005", "TRL-N006", "TRL-N007", "TRL-N008", "TRL-N009", "TRL-N011",
                         "TRL-N012", "TRL-N032"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = no_driver},
    Condition{
        .id = "TRL-N010",
        .severity = Severity::blocks,
        .title = "NVIDIA's loaded module and its libraries have different releases",
        .why = "The module refuses a library of another release, so CUDA does not start.",
        .remedy =
            {.any =
                 "Restart.\n"
                 "If the module is still the older one, rebuild it for this release of the driver.",
             .fedora = "sudo systemctl reboot\n"
                       "If the module is still the older one: sudo akmods --force --rebuild",
             .atomic = "systemctl reboot",
             .toolbx = "On the host, with this container's name: podman stop NAME\n"
                       "Enter the container again.\n"
                       "If that does not help, restart the host.",
             .container = "On the host: recreate the container, so that it gets the libraries of "
                          "the running driver.\n"
                          "If that does not help, restart the host.",
             .debian = "sudo systemctl reboot\n"
                       "If the module is still the older one: sudo dkms autoinstall"},
        .place = Place::host,
        .causes = {"TRL-C010", "TRL-C027"},
        .find = versions_differ},
    Condition{
        .id = "TRL-N011",
        .severity = Severity::blocks,
        .title = "The card needs NVIDIA's open kernel module, but the proprietary one is loaded",
        .why = "The proprietary module does not support the card, so the card has no driver.",
        .remedy =
            {.any = "Install the open kernel module of the same release.",
             .fedora = "sudo sh -c 'echo \"%_with_kmod_nvidia_open 1\" > "
                       "/etc/rpm/macros.nvidia-kmod'\n"
                       "sudo dnf upgrade --refresh 'akmod-nvidia*' 'xorg-x11-drv-nvidia*'\n"
                       "sudo akmods --force --rebuild\n"
                       "sudo systemctl reboot",
             .atomic =
                 "rpm-ostree upgrade\n"
                 "systemctl reboot\n"
                 "From release 590 on, RPM Fusion's driver chooses the open module by itself.",
             .toolbx = "On the host, install NVIDIA's open kernel module.",
             .debian = "On Ubuntu: sudo apt install nvidia-driver-580-open\n"
                       "On Debian, if its driver has release 570 or later: sudo apt install "
                       "nvidia-open-kernel-dkms\n"
                       "Earlier releases, such as 535 in Debian 12, do not support the card: "
                       "install the open driver from NVIDIA's repository for Debian.\n"
                       "sudo systemctl reboot"},
        .place = Place::host,
        .find = needs_open_module},
    Condition{
        .id = "TRL-N012",
        .severity = Severity::blocks,
        .title = "The installed NVIDIA driver no longer supports the card",
        .why = "Drivers from release 590 on do not support cards before Turing, so this card has "
               "no driver.",
        .remedy = {.any = "Install release 580 of the driver.",
                   .fedora = "sudo dnf swap akmod-nvidia akmod-nvidia-580xx --allowerasing\n"
                             "sudo dnf install xorg-x11-drv-nvidia-580xx-cuda\n"
                             "Wait a few minutes until the module is built and this prints its "
                             "version: modinfo -F version nvidia\n"
                             "sudo systemctl reboot",
                   .atomic = "rpm-ostree uninstall akmod-nvidia xorg-x11-drv-nvidia-cuda --install "
                             "akmod-nvidia-580xx --install xorg-x11-drv-nvidia-580xx-cuda\n"
                             "systemctl reboot",
                   .toolbx = "On the host, install release 580 of the driver (from RPM Fusion: "
                             "akmod-nvidia-580xx and xorg-x11-drv-nvidia-580xx-cuda)."},
        .place = Place::host,
        .find = driver_too_new},
    Condition{
        .id = "TRL-N013",
        .severity = Severity::blocks,
        .title = "The firmware that NVIDIA's module loads into the card is missing",
        .why = "The open kernel module cannot start a card without it.",
        .remedy =
            {.any =
                 "Reinstall the driver, so that its firmware has the release of the loaded module.",
             .fedora = "sudo dnf reinstall 'xorg-x11-drv-nvidia*'\n"
                       "sudo systemctl reboot",
             .atomic = "rpm-ostree upgrade\n"
                       "systemctl reboot",
             .debian = "sudo apt install --reinstall firmware-nvidia-gsp\n"
                       "sudo systemctl reboot"},
        .place = Place::host,
        .reads = {watched::texts.firmware_path},
        .find = no_firmware},
    Condition{
        .id = "TRL-N014",
        .severity = Severity::blocks,
        .title = "The device node for CUDA's memory, /dev/nvidia-uvm, is missing",
        .why = "CUDA does not start without it, although nvidia-smi shows the card.",
        .remedy = {.any = "sudo modprobe nvidia_uvm\n"
                          "Install nvidia-modprobe from your distribution's packages, then: sudo "
                          "nvidia-modprobe -c0 -u",
                   .fedora = "sudo dnf install nvidia-modprobe\n"
                             "sudo nvidia-modprobe -c0 -u",
                   .atomic = "sudo modprobe nvidia_uvm\n"
                             "rpm-ostree install nvidia-modprobe\n"
                             "systemctl reboot",
                   .toolbx = "On the host: sudo modprobe nvidia_uvm\n"
                             "On the host, with this container's name: podman stop NAME\n"
                             "Enter the container again.",
                   .container = "Recreate the container with --device nvidia.com/gpu=all (Podman) "
                                "or --gpus all (Docker), not with /dev/nvidia0 alone.\n"
                                "On the host, if the node is missing there too: sudo modprobe "
                                "nvidia_uvm",
                   .debian = "sudo apt install nvidia-modprobe\n"
                             "sudo nvidia-modprobe -c0 -u"},
        .place = Place::host,
        .causes = {"TRL-N001", "TRL-N004", "TRL-N010", "TRL-C028"},
        .reads = {watched::files.nvidia_modprobe},
        .find = no_uvm},
};

}  // namespace

std::span<const Condition> nvidia_driver_conditions() {
    return conditions;
}

}  // namespace trilby::doctor
