// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/nvidia.hpp"

#include <algorithm>
#include <array>

#include "doctor/container_facts.hpp"

namespace trilby::doctor {
namespace {

/// Device numbers of one generation, as the PCI ID database has them.
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

std::string driver_link(const PciDevice& device) {
    return fmt::format("/sys/bus/pci/devices/{}/driver", printable(device.address, 64));
}

/// 32-bit libraries may stand before those that count in the loader's folders.
bool is_for_32_bit(std::string_view path) {
    return path.find("i386-linux-gnu") != std::string_view::npos || path.starts_with("/usr/lib32/");
}

/// The part of `list` before the next comma, which it loses.
std::string_view take_item(std::string_view& list) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const std::string_view item = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    return item;
}

bool is_listed(std::string_view list, std::string_view name) {
    while (!list.empty()) {
        if (take_item(list) == name) {
            return true;
        }
    }
    return false;
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

std::vector<const PciDevice*> nvidia_cards(const Machine& machine) {
    constexpr std::uint16_t first_of_maxwell = 0x1340;
    auto cards = devices_of(machine, nvidia);
    std::erase_if(cards, [&](const PciDevice* card) {
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

std::vector<const PciDevice*> working_nvidia_cards(const Machine& machine) {
    return cards_that(machine,
                      [](const PciDevice& card) { return card.driver.value_or("") == "nvidia"; });
}

Severity nvidia_severity(const Facts& facts) {
    return is_meant_to_compute(facts, nvidia) ? Severity::blocks : Severity::hint;
}

std::string bound_to(const PciDevice& device) {
    return fmt::format("{} is bound to {} ({})", describe(device),
                       printable(device.driver.value_or(""), 64), driver_link(device));
}

std::string bound_to_nothing(const PciDevice& device) {
    return fmt::format("{} is bound to no driver (there is no {})", describe(device),
                       driver_link(device));
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

bool is_of_other_driver(const Machine& machine, std::string_view name, std::string_view version) {
    return library(machine, name) != nullptr &&
           std::ranges::none_of(*machine.libraries, [&](const LibraryFile& file) {
               return file.name == name &&
                      (!is_driver_version(file.version) || *file.version == version);
           });
}

bool is_compatibility_library(const LibraryFile& library) {
    return library.path.find("/compat/") != std::string::npos;
}

std::uint32_t major_version(std::string_view version) {
    return parse_number<std::uint32_t>(version.substr(0, version.find('.'))).value_or(0);
}

const KernelFolder* running_kernel(const Facts& facts) {
    const auto& release = facts.machine.os.kernel_release;
    const auto& kernels = facts.around.kernels;
    if (!release || !kernels) {
        return nullptr;
    }
    const auto found = std::ranges::find(*kernels, *release, &KernelFolder::release);
    return found == kernels->end() ? nullptr : &*found;
}

bool is_blacklisted_by(const Machine& machine, std::string_view key, std::string_view module) {
    if (!machine.kernel.boot_parameters) {
        return false;
    }
    return std::ranges::any_of(*machine.kernel.boot_parameters, [&](std::string_view word) {
        const std::size_t equals = word.find('=');
        return equals != std::string_view::npos && word.substr(0, equals) == key &&
               is_listed(word.substr(equals + 1), module);
    });
}

bool is_blacklisted(const Machine& machine, std::string_view module) {
    constexpr std::array keys{"module_blacklist", "modprobe.blacklist", "rd.driver.blacklist"};
    return std::ranges::any_of(
        keys, [&](const char* key) { return is_blacklisted_by(machine, key, module); });
}

bool has_said(const Machine& machine, std::string_view runtime_name, std::string_view code) {
    const Runtime* asked = runtime(machine, runtime_name);
    return asked != nullptr && asked->message.value_or("").find(code) != std::string::npos;
}

std::string quote_message(const Runtime& runtime) {
    return fmt::format("{}: {}", printable(runtime.name, 32),
                       printable(runtime.message.value_or(""), 256));
}

}  // namespace trilby::doctor
