// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/inventory.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "machine/find.hpp"

namespace trilby::validate {
namespace {

using Fact = std::optional<FactValue>;

// Kernels and drivers keep different amounts for themselves. A lost memory module or chip is more
// than this.
constexpr double share_of_memory = 0.98;

Fact text(const Observed<std::string>& value) {
    return value && !value->empty() ? Fact(printable(*value, 200)) : std::nullopt;
}

template <class Number>
Fact number(const Observed<Number>& value) {
    return value ? Fact(static_cast<double>(*value)) : std::nullopt;
}

Fact mebibytes(std::optional<std::uint64_t> bytes) {
    return bytes && *bytes > 0 ? Fact(static_cast<double>(*bytes >> 20)) : std::nullopt;
}

template <class T>
std::optional<T> known(const Observed<T>& value) {
    return value ? std::optional(*value) : std::nullopt;
}

struct HostKind : FactKind {
    Fact (*read)(const Machine& machine);
};

constexpr const char* look_for_modules =
    "look for a memory module that is missing or not recognized";

constexpr std::array host_kinds{
    HostKind{{.key = "kernel", .title = "kernel", .remedy = "start the kernel that was accepted"},
             [](const Machine& machine) { return text(machine.os.kernel_release); }},
    HostKind{
        {.key = "cpu_model", .title = "model of the CPU", .remedy = "check which machine it is"},
        [](const Machine& machine) { return text(machine.cpu.model); }},
    HostKind{{.key = "cpu_packages",
              .title = "CPU packages",
              .is_number = true,
              .remedy = "check the sockets, and what the firmware lists"},
             [](const Machine& machine) { return number(machine.cpu.packages); }},
    HostKind{{.key = "cpu_cores",
              .title = "CPU cores",
              .is_number = true,
              .remedy = "check the sockets, and cores that the firmware switches off"},
             [](const Machine& machine) { return number(machine.cpu.cores); }},
    HostKind{{.key = "memory_mib",
              .title = "memory in MiB",
              .is_number = true,
              .rule = FactRule::at_least,
              .share = share_of_memory,
              .remedy = look_for_modules},
             [](const Machine& machine) { return mebibytes(known(machine.memory.total_bytes)); }},
};

/// A card in all lists of a machine.
struct Card {
    const PciDevice& device;
    const NvidiaGpu* nvidia;
    const AmdGpu* amd;
    const KfdNode* node;
    const CardState* state;
};

Card card_at(const Machine& machine, const PciDevice& device, const CardState* state) {
    const auto nodes = find_all(machine.kfd_nodes, [&](const KfdNode& node) {
        return node.pci_address.value_or("") == device.address;
    });
    return {.device = device,
            .nvidia = find_named(machine.nvidia_gpus, device.address, &NvidiaGpu::pci_address),
            .amd = find_named(machine.amd_gpus, device.address, &AmdGpu::pci_address),
            .node = nodes.empty() ? nullptr : nodes.front(),
            .state = state};
}

/// A member of one of the card's records.
template <class Record, class T>
Observed<T> member(const Record* record, Observed<T> Record::*which) {
    return record != nullptr ? record->*which : Observed<T>();
}

Fact ids(const Observed<std::uint16_t>& vendor, const Observed<std::uint16_t>& device) {
    return vendor && device ? Fact(fmt::format("{:04x}:{:04x}", *vendor, *device)) : std::nullopt;
}

Fact model_of(const Card& card) {
    const Fact of_driver = text(member(card.nvidia, &NvidiaGpu::model));
    return of_driver ? of_driver : text(card.device.device_name);
}

Fact memory_of(const Card& card) {
    if (card.state != nullptr && card.state->facts.memory_total_bytes) {
        return mebibytes(card.state->facts.memory_total_bytes);
    }
    return mebibytes(known(member(card.amd, &AmdGpu::vram_bytes)));
}

Fact link_speed_of(const Card& card) {
    const double probed = card.device.link.speed_gt_per_s.value_or(0);
    const double later = card.state != nullptr ? card.state->reading.link_gt_per_s.value_or(0) : 0;
    const double fastest = std::max(probed, later);
    return fastest > 0 ? Fact(fastest) : std::nullopt;
}

Fact mig_instances_of(const Card& card) {
    const auto instances = member(card.nvidia, &NvidiaGpu::mig_instances);
    return instances ? Fact(static_cast<double>(instances->size())) : std::nullopt;
}

struct CardKind : FactKind {
    Fact (*read)(const Card& card);
};

constexpr const char* update_firmware = "update the firmware, or go back to the accepted one";
constexpr const char* reseat = "reseat the card, and check its slot and riser";

constexpr std::array card_kinds{
    CardKind{{.key = address_key, .title = "PCI address", .remedy = ""},
             [](const Card& card) { return Fact(printable(card.device.address, 64)); }},
    CardKind{{.key = "vendor", .title = "vendor", .remedy = "check which card is in the slot"},
             [](const Card& card) { return text(card.device.vendor_name); }},
    CardKind{{.key = "model", .title = "model", .remedy = "check which card is in the slot"},
             model_of},
    CardKind{{.key = "pci_id", .title = "PCI ID", .remedy = "check which card is in the slot"},
             [](const Card& card) { return ids(card.device.vendor_id, card.device.device_id); }},
    CardKind{{.key = "subsystem_id",
              .title = "PCI subsystem ID",
              .remedy = "check which card is in the slot"},
             [](const Card& card) {
                 return ids(card.device.subsystem_vendor_id, card.device.subsystem_device_id);
             }},
    CardKind{{.key = "driver",
              .title = "bound driver",
              .remedy = "bind the driver; 'trilby doctor' shows why it is not"},
             [](const Card& card) { return text(card.device.driver); }},
    CardKind{{.key = "video_bios", .title = "video BIOS", .remedy = update_firmware},
             [](const Card& card) { return text(member(card.nvidia, &NvidiaGpu::video_bios)); }},
    CardKind{{.key = "gsp_firmware", .title = "GSP firmware", .remedy = update_firmware},
             [](const Card& card) { return text(member(card.nvidia, &NvidiaGpu::gsp_firmware)); }},
    CardKind{{.key = "mec_firmware",
              .title = "MEC firmware",
              .is_number = true,
              .remedy = update_firmware},
             [](const Card& card) { return number(member(card.amd, &AmdGpu::compute_firmware)); }},
    CardKind{
        {.key = "mes_firmware",
         .title = "MES firmware",
         .is_number = true,
         .remedy = update_firmware},
        [](const Card& card) { return number(member(card.amd, &AmdGpu::scheduler_firmware)); }},
    CardKind{{.key = "sdma_firmware",
              .title = "SDMA firmware",
              .is_number = true,
              .remedy = update_firmware},
             [](const Card& card) {
                 return number(member(card.node, &KfdNode::sdma_firmware_version));
             }},
    CardKind{{.key = "memory_mib",
              .title = "memory in MiB",
              .is_number = true,
              .rule = FactRule::at_least,
              .share = share_of_memory,
              .remedy = "have the card examined: a part of its memory may be switched off"},
             memory_of},
    CardKind{{.key = lanes_key,
              .title = "PCI Express lanes",
              .is_number = true,
              .rule = FactRule::at_least,
              .remedy = reseat},
             [](const Card& card) { return number(card.device.link.width); }},
    CardKind{{.key = "link_gt_per_s",
              .title = "speed of the PCI Express link in GT/s",
              .is_number = true,
              .rule = FactRule::at_least_under_load,
              .remedy = "run the check transfers, since cards slow their link down at rest"},
             link_speed_of},
    CardKind{{.key = "mig_instances",
              .title = "MIG instances",
              .is_number = true,
              .remedy = "set the partitions up again with 'nvidia-smi mig'"},
             mig_instances_of},
    CardKind{{.key = "compute_partition",
              .title = "mode of compute partitions",
              .remedy = "set it with 'amd-smi set --compute-partition'"},
             [](const Card& card) { return text(member(card.amd, &AmdGpu::compute_partition)); }},
    CardKind{{.key = "memory_partition",
              .title = "mode of memory partitions",
              .remedy = "set it with 'amd-smi set --memory-partition'"},
             [](const Card& card) { return text(member(card.amd, &AmdGpu::memory_partition)); }},
};

template <class Kinds, class Source>
Facts facts_of(const Kinds& kinds, const Source& source) {
    Facts facts;
    for (const auto& kind : kinds) {
        if (const Fact fact = kind.read(source)) {
            facts.emplace(kind.key, *fact);
        }
    }
    return facts;
}

/// The parts of the kinds that a file needs.
template <class Kinds>
auto kinds_without_readers(const Kinds& kinds) {
    std::array<FactKind, std::tuple_size_v<Kinds>> plain;
    std::ranges::copy(kinds, plain.begin());
    return plain;
}

std::string text_of(const FactValue& value) {
    const std::string* text = std::get_if<std::string>(&value);
    return text != nullptr ? fmt::format("'{}'", *text)
                           : fmt::format("{}", std::get<double>(value));
}

bool is_as_expected(const FactKind& kind, const FactValue& expected, const FactValue& found) {
    if (kind.rule == FactRule::same) {
        return expected == found;
    }
    return std::get<double>(found) >= std::get<double>(expected);
}

/// Compares one fact. `owner` is the part of the machine that has it.
void compare_fact(Judgment& judgment, const FactKind& kind, const std::string& owner,
                  const FactValue& expected, const Facts& found, std::string_view file) {
    const std::string where = fmt::format("{}, {}", owner, kind.title);
    const auto value = found.find(kind.key);
    if (value == found.end()) {
        judgment.add(
            {.kind = IssueKind::unknown,
             .where = where,
             .found = "could not be read, so it was not compared",
             .expected = text_of(expected),
             .remedy = fmt::format("remove '{}' from {} where it cannot be read", kind.key, file)});
        return;
    }
    const IssueKind severity =
        kind.rule == FactRule::at_least_under_load ? IssueKind::warning : IssueKind::failure;
    judgment.expect(
        is_as_expected(kind, expected, value->second),
        {.kind = severity,
         .where = where,
         .found = text_of(value->second),
         .expected =
             fmt::format("{}{}", kind.rule == FactRule::same ? "" : "at least ", text_of(expected)),
         .remedy = fmt::format("{}, or change '{}' in {}", kind.remedy, kind.key, file)});
}

template <class Kinds>
void compare_facts(Judgment& judgment, const Kinds& kinds, const std::string& owner,
                   const Facts& expected, const Facts& found, std::string_view file) {
    for (const FactKind& kind : kinds) {
        if (const auto value = expected.find(kind.key); value != expected.end()) {
            compare_fact(judgment, kind, owner, value->second, found, file);
        }
    }
}

void compare_drivers(Judgment& judgment, const Inventory& expected, const Inventory& found,
                     std::string_view file) {
    for (const auto& [name, version] : expected.drivers) {
        const auto loaded = found.drivers.find(name);
        const bool is_loaded = loaded != found.drivers.end();
        judgment.expect(is_loaded && loaded->second == version,
                        {.kind = IssueKind::failure,
                         .where = fmt::format("driver {}", name),
                         .found = is_loaded ? fmt::format("'{}'", loaded->second)
                                            : "not loaded, or without a version",
                         .expected = fmt::format("'{}'", version),
                         .remedy = fmt::format("install and load the accepted driver, or change "
                                               "'{}' in {}",
                                               name, file)});
    }
}

const FactValue* value_of(const Facts& facts, std::string_view key) {
    const auto found = facts.find(key);
    return found == facts.end() ? nullptr : &found->second;
}

bool is_same(const Facts& a, const Facts& b, std::string_view key) {
    const FactValue* left = value_of(a, key);
    const FactValue* right = value_of(b, key);
    return left != nullptr && right != nullptr && *left == *right;
}

/// "NVIDIA H100 80GB HBM3 at 0000:1b:00.0", as far as it is known.
std::string name_of(const Facts& card) {
    const auto plain = [&](std::string_view key) {
        const FactValue* value = value_of(card, key);
        return value != nullptr ? std::get<std::string>(*value) : std::string();
    };
    const std::string model = !plain("model").empty() ? plain("model") : plain("pci_id");
    const std::string address = plain(address_key);
    return fmt::format("{}{}", model.empty() ? "card" : model,
                       address.empty() ? "" : " at " + address);
}

/// Whether a card of the machine may be one that the file describes without an address.
bool is_of_model(const Facts& expected, const Facts& found) {
    for (const std::string_view key : {"pci_id", "model", "vendor"}) {
        if (value_of(expected, key) != nullptr) {
            return is_same(expected, found, key);
        }
    }
    return true;
}

bool may_be(const Facts& expected, const Facts& found) {
    return value_of(expected, address_key) != nullptr ? is_same(expected, found, address_key)
                                                      : is_of_model(expected, found);
}

std::size_t count_differences(const Facts& expected, const Facts& found) {
    return static_cast<std::size_t>(std::ranges::count_if(card_kinds, [&](const FactKind& kind) {
        const FactValue* wanted = value_of(expected, kind.key);
        const FactValue* value = value_of(found, kind.key);
        return wanted != nullptr && (value == nullptr || !is_as_expected(kind, *wanted, *value));
    }));
}

/// Cards of a file and of a machine that have no partner yet.
struct Unmatched {
    std::vector<const Facts*> expected;
    std::vector<const Facts*> found;
};

struct Match {
    const Facts* expected;
    const Facts* found;
};

/// Takes out the pairs that differ in at most `most_differences` facts.
std::vector<Match> take_matches(Unmatched& unmatched, std::size_t most_differences) {
    std::vector<Match> matches;
    std::erase_if(unmatched.expected, [&](const Facts* expected) {
        const auto fitting = std::ranges::find_if(unmatched.found, [&](const Facts* found) {
            return may_be(*expected, *found) &&
                   count_differences(*expected, *found) <= most_differences;
        });
        if (fitting == unmatched.found.end()) {
            return false;
        }
        matches.push_back({expected, *fitting});
        unmatched.found.erase(fitting);
        return true;
    });
    return matches;
}

/// Equal cards first, so that each of the others gets the one that differs least.
std::vector<Match> match_cards(Unmatched& unmatched) {
    std::vector<Match> matches;
    for (std::size_t differences = 0; differences <= card_kinds.size(); ++differences) {
        std::ranges::copy(take_matches(unmatched, differences), std::back_inserter(matches));
    }
    return matches;
}

void add_missing(Judgment& judgment, const Facts& expected, std::string_view file) {
    judgment.add({.kind = IssueKind::failure,
                  .where = name_of(expected),
                  .found = "no such card",
                  .expected = fmt::format("the card that {} describes", file),
                  .remedy =
                      "check the slot, the power cables and 'lspci'; a card that fell off the "
                      "bus may come back when the machine is switched off and on"});
}

void add_extra(Judgment& judgment, const Facts& found, std::string_view file) {
    judgment.add({.kind = IssueKind::failure,
                  .where = name_of(found),
                  .found = "a card that is not expected",
                  .expected = {},
                  .remedy = fmt::format("remove the card, or add it to {}", file)});
}

void compare_count(Judgment& judgment, std::int64_t expected, std::int64_t found,
                   const std::vector<const Facts*>& others, std::string_view file) {
    judgment.expect(
        found == expected,
        {.kind = IssueKind::failure,
         .where = "number of cards",
         .found = fmt::format("{}", found),
         .expected = fmt::format("{}", expected),
         .remedy = fmt::format("check slots and cables, or change 'cards' in {}", file)});
    if (found > expected) {
        for (const Facts* card : others) {
            add_extra(judgment, *card, file);
        }
    }
}

std::vector<const Facts*> pointers_to(const std::vector<Facts>& cards) {
    std::vector<const Facts*> pointers;
    std::ranges::transform(cards, std::back_inserter(pointers),
                           [](const Facts& card) { return &card; });
    return pointers;
}

/// Names come from a database that changes. With the ID of a card they only say which one is meant.
Facts without_names(Facts expected) {
    if (expected.contains("pci_id")) {
        expected.erase("vendor");
        expected.erase("model");
    }
    return expected;
}

void compare_cards(Judgment& judgment, const Inventory& expected, const Inventory& found,
                   std::string_view file) {
    if (!found.card_count) {
        judgment.expect(expected.cards.empty() && !expected.card_count,
                        {.kind = IssueKind::failure,
                         .where = "cards",
                         .found = "the PCI bus could not be read",
                         .expected = fmt::format("the cards of {}", file),
                         .remedy = "run it where /sys/bus/pci/devices is visible"});
        return;
    }
    Unmatched unmatched{pointers_to(expected.cards), pointers_to(found.cards)};
    for (const Match& match : match_cards(unmatched)) {
        compare_facts(judgment, card_kinds, name_of(*match.found), without_names(*match.expected),
                      *match.found, file);
    }
    for (const Facts* card : unmatched.expected) {
        add_missing(judgment, *card, file);
    }
    if (expected.card_count) {
        compare_count(judgment, *expected.card_count, *found.card_count, unmatched.found, file);
    }
}

}  // namespace

std::span<const FactKind> host_facts() {
    static const auto kinds = kinds_without_readers(host_kinds);
    return kinds;
}

std::span<const FactKind> card_facts() {
    static const auto kinds = kinds_without_readers(card_kinds);
    return kinds;
}

Inventory inventory_of(const Machine& machine, const std::vector<CardState>& states) {
    Inventory inventory{.host = facts_of(host_kinds, machine)};
    for (const KernelDriver& driver : machine.drivers.value_or({})) {
        if (driver.version) {
            inventory.drivers.emplace(printable(driver.name, 64), printable(*driver.version, 200));
        }
    }
    for (const PciDevice* device : cards_of(machine)) {
        const auto state = std::ranges::find(states, device->address, &CardState::address);
        inventory.cards.push_back(facts_of(
            card_kinds, card_at(machine, *device, state == states.end() ? nullptr : &*state)));
    }
    if (machine.pci_devices) {
        inventory.card_count = static_cast<std::int64_t>(inventory.cards.size());
    }
    return inventory;
}

void compare(Judgment& judgment, const Inventory& expected, const Inventory& found,
             std::string_view file) {
    compare_facts(judgment, host_kinds, "host", expected.host, found.host, file);
    compare_drivers(judgment, expected, found, file);
    compare_cards(judgment, expected, found, file);
}

}  // namespace trilby::validate
