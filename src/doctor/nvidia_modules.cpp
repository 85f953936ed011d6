// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Why NVIDIA's kernel module is not loaded, although it or its source is installed.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

constexpr std::array sources_of_module{watched::files.nvidia_source,
                                       watched::files.nvidia_580_source};

std::string folder_of(const KernelFolder& kernel) {
    return fmt::format("/lib/modules/{}", printable(kernel.release, 128));
}

/// The source that akmods builds the module from; empty if it is not installed.
watched::Name installed_source(const Facts& facts) {
    for (const watched::Name path : sources_of_module) {
        if (facts.has_file(path)) {
            return path;
        }
    }
    return {};
}

/// A kernel that has the module; null if there is none.
const KernelFolder* kernel_with_module(const Facts& facts) {
    if (!facts.machine.environment.kernels) {
        return nullptr;
    }
    const auto found =
        std::ranges::find_if(*facts.machine.environment.kernels, &KernelFolder::has_nvidia);
    return found == facts.machine.environment.kernels->end() ? nullptr : &*found;
}

/// Whether this is a host with a card whose module is not loaded.
bool waits_for_module(const Facts& facts) {
    return !is_in_container(facts.machine) && is_driver_missing(facts.machine, "nvidia") &&
           (!unbound_nvidia_cards(facts.machine).empty() || !nouveau_cards(facts.machine).empty());
}

/// The running kernel if it has modules, but not NVIDIA's; else null.
const KernelFolder* kernel_without_module(const Facts& facts) {
    const KernelFolder* kernel = waits_for_module(facts) ? running_kernel(facts.machine) : nullptr;
    return kernel != nullptr && kernel->has_modules && !kernel->has_nvidia ? kernel : nullptr;
}

/// If the kernel command line blocks nouveau, RPM Fusion's service loaded it as a last resort.
bool is_without_driver(const Facts& facts) {
    return !unbound_nvidia_cards(facts.machine).empty() ||
           (!nouveau_cards(facts.machine).empty() && is_blacklisted(facts.machine, "nouveau"));
}

Evidence secure_boot(const Facts& facts) {
    const KernelFolder* kernel = waits_for_module(facts) ? running_kernel(facts.machine) : nullptr;
    const auto& is_on = facts.machine.kernel.secure_boot;
    const bool is_rejected = kernel != nullptr && kernel->has_nvidia && is_on.value_or(false) &&
                             is_without_driver(facts) && !is_blacklisted(facts.machine, "nvidia");
    if (!is_rejected) {
        return std::nullopt;
    }
    return std::vector{fmt::format("{}: Secure Boot is on", printable(is_on.source(), 256)),
                       fmt::format("{} has NVIDIA's module", folder_of(*kernel)),
                       std::string("/sys/module: nvidia is not loaded")};
}

/// The module exists and nothing known blocks it, but it is not bound to the card.
Evidence refuses_card(const Facts& facts) {
    const auto cards = unbound_nvidia_cards(facts.machine);
    const KernelFolder* kernel = running_kernel(facts.machine);
    const bool is_loaded = loaded_driver(facts.machine, "nvidia") != nullptr;
    const auto& secure_boot = facts.machine.kernel.secure_boot;
    const bool may_be_kept_out = secure_boot.value_or(secure_boot.is_unreadable()) ||
                                 is_blacklisted(facts.machine, "nvidia");
    if (!is_on_host(facts.machine) || cards.empty() || kernel == nullptr || !kernel->has_nvidia ||
        (!is_loaded && may_be_kept_out)) {
        return std::nullopt;
    }
    return std::vector{bound_to_nothing(*cards.front()),
                       fmt::format("{} has NVIDIA's module", folder_of(*kernel))};
}

Evidence not_built(const Facts& facts) {
    const KernelFolder* kernel = kernel_without_module(facts);
    const KernelFolder* other = kernel_with_module(facts);
    const watched::Name source = installed_source(facts);
    if (kernel == nullptr || (other == nullptr && source.empty())) {
        return std::nullopt;
    }
    return std::vector{
        fmt::format("{}, the folder of the running kernel, does not have NVIDIA's module",
                    folder_of(*kernel)),
        other != nullptr ? fmt::format("{} has it", folder_of(*other))
                         : fmt::format("its source is in {}", source)};
}

Evidence no_headers(const Facts& facts) {
    const KernelFolder* kernel = kernel_without_module(facts);
    const watched::Name source = installed_source(facts);
    return kernel != nullptr && !kernel->has_headers && !source.empty()
               ? found(fmt::format("{}/build/Makefile does not exist, so {} cannot be built",
                                   folder_of(*kernel), source))
               : std::nullopt;
}

Evidence failed_build(const Facts& facts) {
    const KernelFolder* kernel = kernel_without_module(facts);
    if (kernel == nullptr || !facts.machine.environment.failed_builds) {
        return std::nullopt;
    }
    const std::string of_kernel = fmt::format("-for-{}.", kernel->release);
    for (const std::string& log : *facts.machine.environment.failed_builds) {
        if (log.find(of_kernel) != std::string::npos) {
            return found(fmt::format(
                "{}/{}", printable(facts.machine.environment.failed_builds.source(), 256),
                printable(log, 256)));
        }
    }
    return std::nullopt;
}

/// Whether a kernel comes from a package. A kernel that the user built may need no modules.
bool is_of_fedora(std::string_view release) {
    return release.find(".fc") != std::string_view::npos;
}

Evidence removed_kernel(const Facts& facts) {
    const auto& release = facts.machine.os.kernel_release;
    const auto& kernels = facts.machine.environment.kernels;
    if (!kernels || !release || !is_of_fedora(*release) || !waits_for_module(facts)) {
        return std::nullopt;
    }
    const bool has_others = std::ranges::any_of(*kernels, [](const KernelFolder& kernel) {
        return kernel.has_modules && is_of_fedora(kernel.release);
    });
    const KernelFolder* kernel = running_kernel(facts.machine);
    const bool is_gone = kernel == nullptr || !kernel->has_modules;
    return has_others && is_gone
               ? found(fmt::format(
                     "/lib/modules/{}/modules.dep does not exist, but that kernel is running",
                     printable(*release, 128)))
               : std::nullopt;
}

bool has_blacklist(const Machine& machine, const char* key) {
    return !blacklisting_word(machine, {key}, "nouveau").empty();
}

Evidence nothing_keeps_nouveau_out(const Facts& facts) {
    const KernelFolder* kernel = waits_for_module(facts) ? running_kernel(facts.machine) : nullptr;
    const auto cards = nouveau_cards(facts.machine);
    const auto& words = facts.machine.kernel.boot_parameters;
    const bool is_kept_out = has_blacklist(facts.machine, "rd.driver.blacklist") &&
                             has_blacklist(facts.machine, "modprobe.blacklist");
    if (!is_fedora_based(facts) || kernel == nullptr || !kernel->has_nvidia || cards.empty() ||
        !words || is_kept_out) {
        return std::nullopt;
    }
    return std::vector{bound_to(*cards.front()),
                       fmt::format("{} has NVIDIA's module", folder_of(*kernel)),
                       fmt::format("{} lacks rd.driver.blacklist or modprobe.blacklist for nouveau",
                                   printable(words.source(), 256))};
}

enum class Packager : std::uint8_t { none, rpm_fusion, other };

/// Whose build of NVIDIA's driver a repository has.
Packager packager_of(const Repository& repository) {
    const std::string_view id = repository.id;
    if (id.starts_with("rpmfusion-nonfree")) {
        // These have no driver, or none that is installed by default.
        const bool is_another = id.find("steam") != std::string_view::npos ||
                                id.find("testing") != std::string_view::npos ||
                                id.find("debug") != std::string_view::npos ||
                                id.find("source") != std::string_view::npos;
        return is_another ? Packager::none : Packager::rpm_fusion;
    }
    const bool is_of_nvidia = id.starts_with("cuda-fedora") || id.starts_with("cuda-rhel");
    const bool is_of_negativo = id == "fedora-nvidia" || id == "epel-nvidia";
    return is_of_nvidia || is_of_negativo ? Packager::other : Packager::none;
}

Evidence mixed_sources(const Facts& facts) {
    if (is_in_container(facts.machine) || nvidia_cards(facts.machine).empty()) {
        return std::nullopt;
    }
    std::string of_rpm_fusion;
    std::string of_another;
    for (const Repository& repository : facts.machine.environment.repositories.value_or({})) {
        const Packager packager = packager_of(repository);
        const bool may_give_driver = repository.is_enabled && packager != Packager::none &&
                                     repository.excludes.find("nvidia") == std::string::npos;
        if (may_give_driver) {
            (packager == Packager::other ? of_another : of_rpm_fusion) =
                fmt::format("{}: {} is enabled", printable(repository.path, 256),
                            printable(repository.id, 128));
        }
    }
    return of_rpm_fusion.empty() || of_another.empty()
               ? std::nullopt
               : Evidence(std::vector{of_rpm_fusion, of_another});
}

constexpr std::array conditions{
    Condition{
        .id = "TRL-N005",
        .severity = Severity::blocks,
        .title = "Secure Boot is on, and NVIDIA's module is installed but not loaded",
        .why = "The kernel loads only modules that are signed with a key that the firmware or the "
               "owner has approved.",
        .remedy = {.any = "sudo modprobe nvidia\n"
                          "If that says \"Key was rejected by service\", enroll the key that your "
                          "distribution signs modules with (mokutil --import), or turn Secure Boot "
                          "off in the firmware.",
                   .fedora = "sudo modprobe nvidia\n"
                             "If that says \"Key was rejected by service\": sudo kmodgenca -a\n"
                             "sudo mokutil --import /etc/pki/akmods/certs/public_key.der\n"
                             "sudo akmods --force --rebuild\n"
                             "sudo systemctl reboot\n"
                             "In the blue screen at the next boot, choose \"Enroll MOK\" and enter "
                             "the password again.",
                   .atomic =
                       "sudo modprobe nvidia\n"
                       "If that says \"Key was rejected by service\", the key that signed the "
                       "module is not enrolled.\n"
                       "On an image of Universal Blue: ujust enroll-secure-boot-key\n"
                       "If rpm-ostree built the module and this key is in the image: sudo mokutil "
                       "--import /etc/pki/akmods/certs/public_key.der\n"
                       "Otherwise turn Secure Boot off in the firmware.\n"
                       "systemctl reboot",
                   .debian = "sudo modprobe nvidia\n"
                             "If that says \"Key was rejected by service\": sudo mokutil --import "
                             "/var/lib/dkms/mok.pub (on Ubuntu: /var/lib/shim-signed/mok/MOK.der)\n"
                             "sudo systemctl reboot\n"
                             "In the blue screen at the next boot, choose \"Enroll MOK\" and enter "
                             "the password again."},
        .place = Place::host,
        .causes = {"TRL-N012"},
        .find = secure_boot},
    Condition{
        .id = "TRL-N006",
        .severity = Severity::blocks,
        .title = "NVIDIA's module is not built for the running kernel",
        .why = "The driver is installed, but this kernel has no module for the card.",
        .remedy = {.any = "Build the module for the running kernel, or start the kernel that has "
                          "it.",
                   .fedora = "sudo akmods --force --kernels $(uname -r)\n"
                             "sudo depmod -a\n"
                             "sudo systemctl reboot",
                   .atomic = "rpm-ostree upgrade\n"
                             "systemctl reboot\n"
                             "If the module is still missing, check that akmod-nvidia is "
                             "installed: rpm-ostree status",
                   .toolbx = "On the host: sudo akmods --force --kernels $(uname -r)\n"
                             "Restart the host.",
                   .debian = "sudo apt install linux-headers-$(uname -r)\n"
                             "sudo dkms autoinstall -k $(uname -r)\n"
                             "sudo systemctl reboot"},
        .place = Place::host,
        .causes = {"TRL-N007", "TRL-N008", "TRL-N009", "TRL-N012"},
        .reads = {watched::files.nvidia_source, watched::files.nvidia_580_source},
        .find = not_built},
    Condition{
        .id = "TRL-N007",
        .severity = Severity::blocks,
        .title = "NVIDIA's module cannot be built without the kernel's headers",
        .why = "The package that builds the driver's module needs them.",
        .remedy = {.any = "Install the headers of the running kernel and build the module again.",
                   .fedora = "sudo dnf install kernel-devel-matched kernel-devel-$(uname -r)\n"
                             "If the repositories no longer have that version, run this and "
                             "restart: sudo dnf upgrade kernel kernel-devel\n"
                             "sudo akmods --force --kernels $(uname -r)\n"
                             "sudo systemctl reboot",
                   .atomic = "rpm-ostree install kernel-devel-matched\n"
                             "systemctl reboot",
                   .toolbx = "On the host: sudo dnf install kernel-devel-matched\n"
                             "On the host: sudo akmods --force --kernels $(uname -r)\n"
                             "Restart the host.",
                   .debian = "sudo apt install linux-headers-$(uname -r)"},
        .place = Place::host,
        .reads = {watched::files.nvidia_source, watched::files.nvidia_580_source},
        .find = no_headers},
    Condition{
        .id = "TRL-N008",
        .severity = Severity::blocks,
        .title = "Building NVIDIA's module for the running kernel failed",
        .why = "The driver's source does not compile for this kernel, so the card has no driver.",
        .remedy = {.any = "Read the reason at the end of the log.\n"
                          "Start the previous kernel from the boot menu.\n"
                          "Update the driver, then build the module again.",
                   .fedora =
                       "sudo tail -n 40 /var/cache/akmods/nvidia*/*-for-$(uname -r).failed.log\n"
                       "sudo dnf upgrade --refresh 'akmod-nvidia*' 'xorg-x11-drv-nvidia*'\n"
                       "sudo akmods --force --kernels $(uname -r)\n"
                       "If it still fails, start the previous kernel from the boot menu.",
                   .atomic =
                       "rpm-ostree upgrade\n"
                       "systemctl reboot\n"
                       "If the module is still missing, go back and restart: rpm-ostree rollback"},
        .place = Place::host,
        .causes = {"TRL-N007"},
        .find = failed_build},
    Condition{.id = "TRL-N009",
              .severity = Severity::blocks,
              .title = "The modules of the running kernel were removed",
              .why = "No module can be loaded into this kernel, including NVIDIA's driver.",
              .remedy = {.any = "Restart into an installed kernel.",
                         .fedora = "sudo systemctl reboot",
                         .atomic = "systemctl reboot"},
              .place = Place::host,
              .find = removed_kernel},
    Condition{
        .id = "TRL-N017",
        .severity = Severity::blocks,
        .title = "Nothing blocks nouveau, although NVIDIA's driver is installed",
        .why = "nouveau starts first and takes the card, and CUDA does not work with nouveau.",
        .remedy = {.any = "If you have just installed the driver, restart first.\n"
                          "Add rd.driver.blacklist=nouveau,nova_core and "
                          "modprobe.blacklist=nouveau,nova_core to the kernel command line.",
                   .fedora =
                       "If you have just installed the driver, restart first.\n"
                       "sudo grubby --update-kernel=ALL "
                       "--args=\"rd.driver.blacklist=nouveau,nova_core "
                       "modprobe.blacklist=nouveau,nova_core\"\n"
                       "sudo systemctl reboot\n"
                       "Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used.",
                   .atomic =
                       "If you have just installed the driver, restart first.\n"
                       "rpm-ostree kargs "
                       "--append-if-missing=rd.driver.blacklist=nouveau,nova_core "
                       "--append-if-missing=modprobe.blacklist=nouveau,nova_core\n"
                       "systemctl reboot\n"
                       "Then nvidia-smi lists the card, and 'trilby backends' shows cuda as used."},
        .place = Place::host,
        .find = nothing_keeps_nouveau_out},
    Condition{.id = "TRL-N032",
              .severity = Severity::blocks,
              .title = "NVIDIA's module is installed for this kernel but does not bind to the card",
              .why = "No program can use a card without a driver.",
              .remedy = {.any = "sudo modprobe nvidia\n"
                                "sudo journalctl -k -g NVRM\n"
                                "GeForce RTX 50 and later need the open module, release 570 or "
                                "later. Cards before Turing need the proprietary one."},
              .place = Place::host,
              .causes = {"TRL-N011", "TRL-N012"},
              .find = refuses_card},
    Condition{
        .id = "TRL-N018",
        .severity = Severity::hint,
        .title = "Two repositories offer NVIDIA's driver under different names",
        .why = "An update may take the module from one and the libraries from the other. These "
               "do not work together.",
        .remedy = {.any = "Disable one of the two repositories, or exclude the driver from it.",
                   .fedora = "dnf repolist --enabled\n"
                             "To keep RPM Fusion's driver: sudo dnf config-manager setopt "
                             "'cuda-fedora*.excludepkgs=nvidia-driver*,nvidia-open*,nvidia-kmod*,"
                             "kmod-nvidia*,cuda-drivers*,libnvidia*,nvidia-modprobe*,"
                             "nvidia-persistenced*,nvidia-settings*,nvidia-xconfig*'\n"
                             "sudo dnf distro-sync",
                   .atomic = "Set enabled=0 in the file of one of the two in /etc/yum.repos.d.\n"
                             "rpm-ostree upgrade"},
        .place = Place::host,
        .find = mixed_sources},
};

}  // namespace

std::span<const Condition> nvidia_module_conditions() {
    return conditions;
}

}  // namespace trilby::doctor
