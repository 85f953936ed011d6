// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/nvidia.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "machine/containers.hpp"
#include "machine/devices.hpp"
#include "machine/environment.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/software.hpp"

namespace trilby {
namespace {

constexpr std::uint16_t first_of_maxwell = 0x1340;

/// The range of device numbers of one generation, from the PCI ID database.
struct Chips {
    std::uint16_t first;
    std::uint16_t last;
    std::uint32_t capability;
};
constexpr std::array chips{
    Chips{0x1340, 0x13bf, 50},  Chips{0x13c0, 0x143f, 52},  Chips{0x15f0, 0x15ff, 60},
    Chips{0x1617, 0x1667, 52},  Chips{0x1725, 0x172f, 60},  Chips{0x174d, 0x174e, 50},
    Chips{0x1789, 0x1789, 50},  Chips{0x179c, 0x179c, 50},  Chips{0x17c2, 0x17fd, 52},
    Chips{0x1b00, 0x1d7f, 61},  Chips{0x1d81, 0x1dff, 70},  Chips{0x1e00, 0x1fff, 75},
    Chips{0x2082, 0x20ff, 80},  Chips{0x2180, 0x21ff, 75},  Chips{0x2200, 0x227f, 86},
    Chips{0x2302, 0x23ff, 90},  Chips{0x2414, 0x25ff, 86},  Chips{0x2680, 0x28ff, 89},
    Chips{0x2900, 0x29ff, 100}, Chips{0x2b80, 0x2dff, 120}, Chips{0x2e00, 0x2e7f, 121},
    Chips{0x2f00, 0x2f7f, 120}, Chips{0x3180, 0x31ff, 103},
};

template <class Predicate>
std::vector<const PciDevice*> cards_that(const Machine& machine, Predicate predicate) {
    auto cards = nvidia_cards(machine);
    std::erase_if(cards, [&](const PciDevice* card) { return !predicate(*card); });
    return cards;
}

/// 32-bit libraries may come first in the loader's folders.
bool is_for_32_bit(std::string_view path) {
    return path.find("i386-linux-gnu") != std::string_view::npos || path.starts_with("/usr/lib32/");
}

}  // namespace

std::optional<std::uint32_t> nvidia_capability(std::uint16_t device_id) {
    const auto* found = std::ranges::find_if(chips, [&](const Chips& range) {
        return range.first <= device_id && device_id <= range.last;
    });
    return found == chips.end() ? std::nullopt : std::optional(found->capability);
}

std::optional<std::uint32_t> nvidia_capability(const PciDevice& device) {
    return device.device_id ? nvidia_capability(*device.device_id) : std::nullopt;
}

std::string nvidia_target(std::string capability) {
    std::erase(capability, '.');
    return "sm_" + capability;
}

std::string nvidia_target(const Machine& machine, const PciDevice& card) {
    for (const char* name : {"cuda", "nvml"}) {
        const Runtime* asked = runtime(machine, name);
        if (asked == nullptr || !asked->devices) {
            continue;
        }
        for (const RuntimeDevice& device : *asked->devices) {
            if (device.pci_address.value_or("") == card.address && device.architecture) {
                return nvidia_target(*device.architecture);
            }
        }
    }
    const auto capability = nvidia_capability(card);
    return capability ? fmt::format("sm_{}", *capability) : std::string();
}

bool is_too_old_for_cuda(const PciDevice& device) {
    return device.device_id.value_or(first_of_maxwell) < first_of_maxwell;
}

std::vector<const PciDevice*> nvidia_cards(const Machine& machine) {
    auto cards = devices_of(machine, pci_vendor::nvidia);
    std::erase_if(cards, [](const PciDevice* card) {
        return card->device_id.value_or(0) < first_of_maxwell || card->physical_function;
    });
    return cards;
}

std::vector<const PciDevice*> unbound_nvidia_cards(const Machine& machine) {
    return cards_that(
        machine, [](const PciDevice& card) { return card.driver.presence() == Presence::absent; });
}

std::vector<const PciDevice*> nouveau_cards(const Machine& machine) {
    return cards_that(machine, [](const PciDevice& card) {
        constexpr std::array<std::string_view, 4> names{"nouveau", "nova_core", "nova-core",
                                                        "NovaCore"};
        return std::ranges::find(names, card.driver.value_or("")) != names.end();
    });
}

bool needs_open_nvidia_module(const PciDevice& card) {
    constexpr std::uint32_t blackwell = 100;
    return nvidia_capability(card).value_or(0) >= blackwell;
}

bool is_before_turing(const PciDevice& card) {
    constexpr std::uint32_t turing = 75;
    return nvidia_capability(card).value_or(turing) < turing;
}

Observed<std::string> nvidia_flavour(const Machine& machine) {
    const KernelDriver* driver = loaded_driver(machine, "nvidia");
    return driver != nullptr ? driver->flavour : machine.environment.nvidia_module_flavor;
}

std::vector<const PciDevice*> working_nvidia_cards(const Machine& machine) {
    const bool is_proprietary = nvidia_flavour(machine).value_or("") == "proprietary";
    return cards_that(machine, [&](const PciDevice& card) {
        return card.driver.value_or("") == "nvidia" &&
               !(is_proprietary && needs_open_nvidia_module(card));
    });
}

bool has_working_nvidia_device(const Machine& machine) {
    return has_bound_device(machine, pci_vendor::nvidia, "nvidia");
}

bool can_create_nvidia_nodes(const Machine& machine) {
    return !is_in_container(machine) && !is_driver_missing(machine, "nvidia") &&
           file_state(machine, nvidia_node_maker).value_or(true);
}

bool is_nvidia_card_node(const DeviceNode& node) {
    constexpr std::string_view prefix = "/dev/nvidia";
    return node.path.starts_with(prefix) &&
           parse_number<unsigned>(std::string_view(node.path).substr(prefix.size()));
}

bool is_driver_version(const Observed<std::string>& version) {
    constexpr std::uint32_t oldest = 300;
    return version && major_version(*version) >= oldest;
}

const Observed<std::string>* loaded_nvidia_version(const Machine& machine) {
    const KernelDriver* driver = loaded_driver(machine, "nvidia");
    return driver != nullptr && is_driver_version(driver->version) ? &driver->version : nullptr;
}

const LibraryFile* nvidia_library(const Machine& machine, std::string_view name) {
    if (!machine.libraries) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(*machine.libraries, [&](const LibraryFile& file) {
        return file.name == name && !is_for_32_bit(file.path);
    });
    return found != machine.libraries->end() && is_driver_version(found->version) ? &*found
                                                                                  : nullptr;
}

bool is_of_other_driver(const std::vector<LibraryFile>& libraries, std::string_view name,
                        std::string_view version) {
    return std::ranges::find(libraries, name, &LibraryFile::name) != libraries.end() &&
           std::ranges::none_of(libraries, [&](const LibraryFile& file) {
               return file.name == name &&
                      (!is_driver_version(file.version) || *file.version == version);
           });
}

bool is_of_other_driver(const Machine& machine, std::string_view name, std::string_view version) {
    return machine.libraries && is_of_other_driver(*machine.libraries, name, version);
}

bool is_compatibility_library(const LibraryFile& library) {
    return library.path.find("/compat/") != std::string::npos;
}

bool lacks_cuda_library(const Machine& machine) {
    return loaded_driver(machine, "nvidia") != nullptr &&
           device_node(machine, "/dev/nvidiactl") != nullptr &&
           is_library_missing(machine, "libcuda.so.1");
}

}  // namespace trilby
