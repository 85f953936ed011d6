// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Conditions of the driver that an NVIDIA card has, lacks or needs.

#include <algorithm>
#include <array>

#include "doctor/evidence.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/software.hpp"

namespace trilby::doctor {
namespace {

constexpr std::uint32_t first_without_old_cards = 590;

template <class Describe>
Evidence found_cards(const std::vector<const PciDevice*>& cards, Describe describe_card) {
    std::vector<std::string> lines;
    for (const PciDevice* card : cards) {
        lines.push_back(describe_card(*card));
    }
    return lines.empty() ? std::nullopt : Evidence(lines);
}

/// No driver has the card, or only the kernel's own.
bool is_idle(const PciDevice& card) {
    return card.driver.presence() == Presence::absent || card.driver.value_or("") == "nouveau";
}

/// The open module, and releases from 590 on, drive cards from Turing on.
std::vector<const PciDevice*> idle_older_cards(const Machine& machine) {
    auto cards = nvidia_cards(machine);
    std::erase_if(
        cards, [](const PciDevice* card) { return !is_before_turing(*card) || !is_idle(*card); });
    return cards;
}

bool has_working_card(const Machine& machine) {
    return !working_nvidia_cards(machine).empty();
}

bool has_working_older_card(const Machine& machine) {
    return std::ranges::any_of(working_nvidia_cards(machine),
                               [](const PciDevice* card) { return is_before_turing(*card); });
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

/// Cards that the module cannot drive, with the flavor of the module.
Evidence cards_of_other_module(const std::vector<const PciDevice*>& cards,
                               const Observed<std::string>& flavour) {
    Evidence evidence = found_cards(cards, bound_if_any);
    if (evidence) {
        evidence->push_back(quote(flavour));
    }
    return evidence;
}

Evidence blackwell_cards(const Facts& facts) {
    const auto flavour = nvidia_flavour(facts.machine);
    if (flavour.value_or("") != "proprietary") {
        return std::nullopt;
    }
    auto cards = nvidia_cards(facts.machine);
    std::erase_if(cards, [](const PciDevice* card) {
        const bool is_bound = card->driver.value_or("") == "nvidia";
        return !needs_open_nvidia_module(*card) || !(is_idle(*card) || is_bound);
    });
    return cards_of_other_module(cards, flavour);
}

Evidence needs_open_module(const Facts& facts) {
    return has_working_older_card(facts.machine) ? std::nullopt : blackwell_cards(facts);
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

Evidence older_cards_with_open_module(const Facts& facts) {
    const auto flavour = nvidia_flavour(facts.machine);
    const auto release = installed_release(facts);
    return flavour.value_or("") != "open" ||
                   major_version(release.value_or("")) >= first_without_old_cards
               ? std::nullopt
               : cards_of_other_module(idle_older_cards(facts.machine), flavour);
}

Evidence needs_proprietary_module(const Facts& facts) {
    return has_working_card(facts.machine) ? std::nullopt : older_cards_with_open_module(facts);
}

/// With several cards, error 802 comes from the fabric manager.
bool is_answer_without_shared_memory(const Machine& machine) {
    return has_answered(machine, "cuda", "(CUDA error 3)") ||
           has_answered(machine, "cuda", "(CUDA error 999)") ||
           (has_answered(machine, "cuda", "(CUDA error 802)") && nvidia_cards(machine).size() == 1);
}

/// The module of newer kernels shares memory with programs (HMM), which some kernels cannot do.
Evidence shared_memory_fails(const Facts& facts) {
    const auto is_disabled = facts.text(watched::texts.hmm_is_disabled);
    const KernelDriver* driver = loaded_driver(facts.machine, "nvidia");
    const bool is_open = driver != nullptr && driver->flavour.value_or("") == "open";
    if (!is_open || is_disabled.value_or("") != "N") {
        return std::nullopt;
    }
    if (is_answer_without_shared_memory(facts.machine)) {
        return std::vector{quote_message(*runtime(facts.machine, "cuda")), quote(is_disabled)};
    }
    const auto& kernel = facts.machine.os.kernel_release;
    const bool is_reported = kernel.value_or("").find(".el10") != std::string::npos;
    return is_reported && runtime(facts.machine, "cuda") == nullptr
               ? Evidence(std::vector{quote(is_disabled), quote(kernel)})
               : std::nullopt;
}

/// Only CUDA's answer is proof.
Severity shared_memory_severity(const Facts& facts) {
    return runtime(facts.machine, "cuda") != nullptr ? Severity::blocks : Severity::hint;
}

Evidence older_cards_with_new_driver(const Facts& facts) {
    const auto release = installed_release(facts);
    if (is_in_container(facts.machine) ||
        major_version(release.value_or("")) < first_without_old_cards) {
        return std::nullopt;
    }
    Evidence evidence = found_cards(idle_older_cards(facts.machine), bound_if_any);
    if (evidence) {
        evidence->push_back(quote(release));
    }
    return evidence;
}

Evidence driver_too_new(const Facts& facts) {
    return has_working_card(facts.machine) ? std::nullopt : older_cards_with_new_driver(facts);
}

/// The driver that these cards need would stop a card that works.
Evidence left_idle(const Facts& facts) {
    if (is_in_container(facts.machine) || !has_working_card(facts.machine)) {
        return std::nullopt;
    }
    if (has_working_older_card(facts.machine)) {
        return blackwell_cards(facts);
    }
    Evidence evidence = older_cards_with_new_driver(facts);
    return evidence ? evidence : older_cards_with_open_module(facts);
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
        loaded_driver(facts.machine, "nvidia") == nullptr ||
        can_create_nvidia_nodes(facts.machine)) {
        return std::nullopt;
    }
    const auto card = std::ranges::find_if(*nodes, is_nvidia_card_node);
    return card != nodes->end()
               ? found(
                     fmt::format("{} exists, but /dev/nvidia-uvm does not, and nothing creates it",
                                 printable(card->path, 64)))
               : std::nullopt;
}

constexpr std::array nvidia_driver_table{
    Condition{.id = "TRL-N001",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N005", "TRL-N006", "TRL-N007", "TRL-N009", "TRL-N011", "TRL-N012",
                         "TRL-N017", "TRL-N032", "TRL-N040", "TRL-N041", "TRL-N044", "TRL-N045"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = nouveau},
    Condition{.id = "TRL-N002",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N017", "TRL-N041", "TRL-N045"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = nova},
    Condition{.id = "TRL-N003",
              .severity = Severity::hint,
              .place = Place::host,
              .find = for_virtual_machines},
    Condition{.id = "TRL-N004",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .causes = {"TRL-N005", "TRL-N006", "TRL-N007", "TRL-N008", "TRL-N009", "TRL-N011",
                         "TRL-N012", "TRL-N032", "TRL-N040", "TRL-N041", "TRL-N044", "TRL-N045"},
              .reads = {watched::variables.nvidia_visible_devices},
              .find = no_driver},
    Condition{.id = "TRL-N010",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-C010", "TRL-C027"},
              .find = versions_differ},
    Condition{.id = "TRL-N011",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = needs_open_module},
    Condition{.id = "TRL-N012",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = driver_too_new},
    Condition{.id = "TRL-N040",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = nvidia_severity,
              .reads = {watched::variables.nvidia_visible_devices},
              .find = needs_proprietary_module},
    Condition{
        .id = "TRL-N045", .severity = Severity::hint, .place = Place::host, .find = left_idle},
    Condition{.id = "TRL-N043",
              .severity = Severity::blocks,
              .place = Place::host,
              .weigh = shared_memory_severity,
              .causes = {"TRL-N015", "TRL-N052"},
              .reads = {watched::texts.hmm_is_disabled},
              .find = shared_memory_fails},
    Condition{.id = "TRL-N013",
              .severity = Severity::blocks,
              .place = Place::host,
              .reads = {watched::texts.firmware_path},
              .find = no_firmware},
    Condition{.id = "TRL-N014",
              .severity = Severity::blocks,
              .place = Place::host,
              .causes = {"TRL-N001", "TRL-N004", "TRL-N010", "TRL-C028", "TRL-C044"},
              .find = no_uvm},
};

}  // namespace

std::span<const Condition> nvidia_driver_conditions() {
    return nvidia_driver_table;
}

}  // namespace trilby::doctor
