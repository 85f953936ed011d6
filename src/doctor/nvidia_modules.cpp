// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Why NVIDIA's kernel module is not loaded, although it or its source is installed.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "doctor/module_blacklist.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/find.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
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
    return kernel != nullptr && kernel->has_modules && !kernel->has_nvidia &&
                   is_complete(facts.machine, FactList::kernels, folder_of(*kernel))
               ? kernel
               : nullptr;
}

/// If the kernel command line blocks nouveau, RPM Fusion's service loaded it as a last resort.
std::vector<const PciDevice*> cards_without_driver(const Machine& machine) {
    const auto unbound = unbound_nvidia_cards(machine);
    return unbound.empty() && is_blacklisted(machine, "nouveau") ? nouveau_cards(machine) : unbound;
}

/// The option with which the kernel loads only signed modules; empty if it is not known to be on.
std::string signature_option(const Facts& facts) {
    const auto is_enforced = facts.text(watched::texts.signatures_are_enforced);
    if (is_enforced) {
        return *is_enforced == "Y" ? quote(is_enforced) : std::string();
    }
    return quote_boot_parameter(facts.machine, boot_parameter(facts.machine, "module.sig_enforce"));
}

/// Known to be kept out, or not known not to be.
bool may_nvidia_be_kept_out(const Machine& machine) {
    return !quote_blacklist(machine, "nvidia").empty() || may_be_kept_out(machine, "nvidia");
}

/// The module is installed and may be loaded, but is not, under a rule that asks for a signature.
Evidence rejected_module(const Facts& facts, const std::string& rule) {
    const KernelFolder* kernel = waits_for_module(facts) ? running_kernel(facts.machine) : nullptr;
    const bool is_rejected = kernel != nullptr && kernel->has_nvidia &&
                             !cards_without_driver(facts.machine).empty() &&
                             !may_nvidia_be_kept_out(facts.machine);
    if (rule.empty() || !is_rejected) {
        return std::nullopt;
    }
    return std::vector{rule, fmt::format("{} has NVIDIA's module", folder_of(*kernel)),
                       std::string("/sys/module: nvidia is not loaded")};
}

Evidence secure_boot(const Facts& facts) {
    const auto& is_on = facts.machine.kernel.secure_boot;
    return is_on.value_or(false)
               ? rejected_module(
                     facts, fmt::format("{}: Secure Boot is on", printable(is_on.source(), 256)))
               : std::nullopt;
}

Evidence signatures_enforced(const Facts& facts) {
    return facts.machine.kernel.secure_boot.value_or(false)
               ? std::nullopt
               : rejected_module(facts, signature_option(facts));
}

/// A rule of udev that takes the card from its driver writes to a file with this name.
constexpr std::string_view unbind_file = "/unbind";

/// The first rule of udev that only takes cards from their driver, or that takes them off the bus;
/// null if there is none.
const SettingLine* removal_rule(const Machine& machine, bool keeps_card) {
    const auto rules = find_all(machine.environment.removal_rules, [&](const SettingLine& rule) {
        return (rule.text.find(unbind_file) != std::string::npos) == keeps_card;
    });
    return rules.empty() ? nullptr : rules.front();
}

/// The rule of udev that has taken a card from its driver; null if there is none.
const SettingLine* unbinding_rule(const Facts& facts) {
    return is_on_host(facts.machine) && !unbound_nvidia_cards(facts.machine).empty()
               ? removal_rule(facts.machine, true)
               : nullptr;
}

/// A tool that saves power, or the user, keeps the driver from being loaded, or takes the card from
/// it.
Evidence switched_off(const Facts& facts) {
    const auto unbound = unbound_nvidia_cards(facts.machine);
    if (const SettingLine* rule = unbinding_rule(facts)) {
        return std::vector{quote(*rule), bound_if_any(*unbound.front())};
    }
    const std::string line = quote_blacklist(facts.machine, "nvidia");
    if (!waits_for_module(facts) || line.empty()) {
        return std::nullopt;
    }
    const auto cards = unbound.empty() ? nouveau_cards(facts.machine) : unbound;
    return std::vector{line, bound_if_any(*cards.front())};
}

/// The file of the rule, or what blacklists the module.
Values what_switches_off(const Facts& facts) {
    const SettingLine* rule = unbinding_rule(facts);
    return rule == nullptr ? blacklist_place(facts.machine, "nvidia")
                           : Values{{"rule", rule->path}};
}

Evidence taken_off_the_bus(const Facts& facts) {
    const SettingLine* rule = removal_rule(facts.machine, false);
    const auto& devices = facts.machine.pci_devices;
    if (is_in_container(facts.machine) || rule == nullptr || !devices ||
        !devices_of(facts.machine, pci_vendor::nvidia).empty()) {
        return std::nullopt;
    }
    return std::vector{quote(*rule),
                       fmt::format("no NVIDIA GPU is in {}", printable(devices.source(), 256))};
}

Values removal_file(const Facts& facts) {
    const SettingLine* rule = removal_rule(facts.machine, false);
    return rule == nullptr ? Values() : Values{{"file", rule->path}};
}

/// The module exists and nothing known blocks it, but it is not bound to the card.
Evidence refuses_card(const Facts& facts) {
    const bool is_loaded = loaded_driver(facts.machine, "nvidia") != nullptr;
    const auto cards =
        is_loaded ? unbound_nvidia_cards(facts.machine) : cards_without_driver(facts.machine);
    const KernelFolder* kernel = running_kernel(facts.machine);
    const auto& secure_boot = facts.machine.kernel.secure_boot;
    const bool may_be_kept_out = secure_boot.value_or(secure_boot.is_unreadable()) ||
                                 !signature_option(facts).empty() ||
                                 may_nvidia_be_kept_out(facts.machine);
    if (!is_on_host(facts.machine) || cards.empty() || kernel == nullptr || !kernel->has_nvidia ||
        (!is_loaded && may_be_kept_out)) {
        return std::nullopt;
    }
    return std::vector{bound_if_any(*cards.front()),
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
    const bool is_gone = (kernel == nullptr || !kernel->has_modules) &&
                         is_complete(facts.machine, FactList::kernels);
    return has_others && is_gone
               ? found(fmt::format(
                     "/lib/modules/{}/modules.dep does not exist, but that kernel is running",
                     printable(*release, 128)))
               : std::nullopt;
}

bool has_blacklist(const Machine& machine, const char* key) {
    return !blacklisting_word(machine, {key}, "nouveau").empty();
}

/// Fedora's packages block it in the initramfs and after it; other systems in either.
bool is_nouveau_kept_out(const Facts& facts) {
    return is_fedora_based(facts) ? has_blacklist(facts.machine, "rd.driver.blacklist") &&
                                        has_blacklist(facts.machine, "modprobe.blacklist")
                                  : is_blacklisted(facts.machine, "nouveau");
}

Evidence nouveau_is_first(const Facts& facts) {
    const KernelFolder* kernel = waits_for_module(facts) ? running_kernel(facts.machine) : nullptr;
    const auto cards = nouveau_cards(facts.machine);
    const auto& words = facts.machine.kernel.boot_parameters;
    if (kernel == nullptr || !kernel->has_nvidia || cards.empty() || !words ||
        is_nouveau_kept_out(facts)) {
        return std::nullopt;
    }
    return std::vector{
        bound_to(*cards.front()), fmt::format("{} has NVIDIA's module", folder_of(*kernel)),
        fmt::format("{} does not block nouveau completely", printable(words.source(), 256))};
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

constexpr std::array nvidia_modules_table{
    Condition{.id = "TRL-N041",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = switched_off,
              .values = what_switches_off},
    Condition{.id = "TRL-N042",
              .severity = Severity::degrades,
              .place = Place::host,
              .find = taken_off_the_bus,
              .values = removal_file},
    Condition{.id = "TRL-N005",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N011", "TRL-N012", "TRL-N040"},
              .find = secure_boot},
    Condition{.id = "TRL-N044",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N011", "TRL-N012", "TRL-N040"},
              .reads = {watched::texts.signatures_are_enforced},
              .find = signatures_enforced},
    Condition{.id = "TRL-N006",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N007", "TRL-N008", "TRL-N009", "TRL-N012", "TRL-N041"},
              .reads = {watched::files.nvidia_source, watched::files.nvidia_580_source},
              .find = not_built},
    Condition{.id = "TRL-N007",
              .severity = Severity::blocks,
              .place = Place::host,
              .reads = {watched::files.nvidia_source, watched::files.nvidia_580_source},
              .find = no_headers},
    Condition{.id = "TRL-N008",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N007"},
              .find = failed_build},
    Condition{.id = "TRL-N009",
              .severity = Severity::blocks,
              .place = Place::host,
              .find = removed_kernel},
    Condition{.id = "TRL-N017",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N041"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = nouveau_is_first},
    Condition{.id = "TRL-N032",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N011", "TRL-N012", "TRL-N040", "TRL-N041", "TRL-N045", "TRL-G040"},
              .reads = {watched::variables.nvidia_visible_devices,
                        watched::texts.signatures_are_enforced},
              .find = refuses_card},
    Condition{
        .id = "TRL-N018", .severity = Severity::hint, .place = Place::host, .find = mixed_sources},
};

}  // namespace

std::span<const Condition> nvidia_module_conditions() {
    return nvidia_modules_table;
}

}  // namespace trilby::doctor
