// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/inventory.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"
#include "support/test_files.hpp"

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using trilby::testing::fact;

Machine made(const char* name) {
    return probe({.root = trilby::testing::made_machines() / name / "tree"});
}

Inventory inventory(const Machine& machine) {
    return inventory_of(machine, {});
}

/// Eight H100, of which two are partitioned.
Machine eight_cards() {
    return made("made-nvidia-server-8xh100-mig");
}

Inventory without_addresses(Inventory expected) {
    for (Facts& card : expected.cards) {
        card.erase("address");
    }
    return expected;
}

/// The machine after a change of its PCI devices.
template <class Change>
Machine changed(Machine machine, Change change) {
    std::vector<PciDevice> devices = *machine.pci_devices;
    change(devices);
    machine.pci_devices = fact(devices);
    return machine;
}

std::vector<Issue> differences(const Inventory& expected, const Machine& machine) {
    Judgment judgment;
    compare(judgment, expected, inventory(machine), "node.toml");
    return judgment.issues();
}

auto is_about(const char* where) {
    return Field(&Issue::where, HasSubstr(where));
}

TEST(Inventory, ListsTheCardsAndNotTheDisplayOfTheBoard) {
    const Inventory found = inventory(eight_cards());
    ASSERT_EQ(found.cards.size(), 8U);
    EXPECT_EQ(found.card_count, 8);
    const Facts& card = found.cards.front();
    EXPECT_EQ(std::get<std::string>(card.at("address")), "0000:1b:00.0");
    EXPECT_EQ(std::get<std::string>(card.at("model")), "NVIDIA H100 80GB HBM3");
    EXPECT_EQ(std::get<std::string>(card.at("pci_id")), "10de:2330");
    EXPECT_EQ(std::get<std::string>(card.at("video_bios")), "96.00.99.00.01");
    EXPECT_EQ(std::get<double>(card.at("link_lanes")), 16);
    EXPECT_EQ(found.drivers.at("nvidia"), "580.95.05");
}

TEST(Inventory, HasTheMemoryAndThePartitionsOfAmdCards) {
    const Facts card = inventory(made("made-amd-mi300x-spx")).cards.at(0);
    EXPECT_EQ(std::get<double>(card.at("memory_mib")), 196592);
    EXPECT_EQ(std::get<std::string>(card.at("compute_partition")), "SPX");
    EXPECT_EQ(std::get<std::string>(card.at("memory_partition")), "NPS1");
}

TEST(Inventory, TakesWhatOnlyTheVendorsLibraryKnows) {
    CardState state{.address = "0000:1b:00.0"};
    state.facts.memory_total_bytes = 85899345920;
    const Inventory found = inventory_of(eight_cards(), {state});
    EXPECT_EQ(std::get<double>(found.cards.at(0).at("memory_mib")), 81920);
    EXPECT_FALSE(found.cards.at(1).contains("memory_mib"));
}

TEST(Inventory, EveryMachineEqualsItself) {
    for (const auto& entry :
         std::filesystem::directory_iterator(trilby::testing::made_machines())) {
        if (entry.is_directory()) {
            const Machine machine = probe({.root = entry.path() / "tree"});
            const Inventory found = inventory(machine);
            if (found.card_count) {
                EXPECT_THAT(differences(found, machine), IsEmpty()) << entry.path();
                EXPECT_THAT(differences(without_addresses(found), machine), IsEmpty())
                    << entry.path();
            }
        }
    }
}

TEST(Inventory, AMissingCardIsFoundByItsAddress) {
    const Machine machine = changed(eight_cards(), [](auto& devices) {
        std::erase_if(devices, [](const auto& one) { return one.address == "0000:43:00.0"; });
    });
    const auto issues = differences(inventory(eight_cards()), machine);
    EXPECT_THAT(issues, ElementsAre(AllOf(is_about("NVIDIA H100 80GB HBM3 at 0000:43:00.0"),
                                          Field(&Issue::found, "no such card")),
                                    AllOf(is_about("number of cards"), Field(&Issue::found, "7"),
                                          Field(&Issue::expected, "8"))));
}

TEST(Inventory, WithoutAddressesAnyCardOfTheModelWillDo) {
    const Inventory expected = without_addresses(inventory(eight_cards()));
    const Machine moved = changed(eight_cards(), [](auto& devices) {
        for (PciDevice& device : devices) {
            device.address.replace(5, 2, "f" + device.address.substr(6, 1));
        }
    });
    for (const Issue& issue : differences(expected, moved)) {  // the driver lists the old addresses
        EXPECT_EQ(issue.kind, IssueKind::unknown) << issue.where;
    }
    const Machine fewer =
        changed(eight_cards(), [](auto& devices) { devices.erase(devices.begin() + 3); });
    EXPECT_THAT(differences(expected, fewer),
                AllOf(SizeIs(2), Contains(Field(&Issue::found, "no such card"))));
}

TEST(Inventory, ACardOfAnotherModelDoesNotReplaceOne) {
    const Inventory expected = without_addresses(inventory(made("made-amd-rx7900xtx")));
    const auto issues = differences(expected, made("made-amd-rx9070xt"));
    EXPECT_THAT(issues, Contains(Field(&Issue::found, "no such card")));
}

// A new version of the database of PCI IDs may spell them otherwise.
TEST(Inventory, NamesAreComparedOnlyWithoutAnId) {
    Inventory expected = inventory(made("made-amd-rx7900xtx"));
    expected.cards.at(0).at("model") = "Navi 31";
    EXPECT_THAT(differences(expected, made("made-amd-rx7900xtx")), IsEmpty());
    expected.cards.at(0).erase("pci_id");
    EXPECT_THAT(differences(expected, made("made-amd-rx7900xtx")), ElementsAre(is_about("model")));
}

TEST(Inventory, AnExtraCardIsADifferenceOnlyIfTheFileHasTheirNumber) {
    Inventory expected = inventory(eight_cards());
    expected.cards.pop_back();
    expected.card_count = 7;
    const auto issues = differences(expected, eight_cards());
    EXPECT_THAT(issues, ElementsAre(is_about("number of cards"),
                                    Field(&Issue::found, "a card that is not expected")));
    expected.card_count.reset();
    EXPECT_THAT(differences(expected, eight_cards()), IsEmpty());
}

TEST(Inventory, ANarrowerLinkAndLessMemoryAreDifferences) {
    const Machine good = made("made-amd-mi300x-spx");
    Machine bad =
        changed(good, [](auto& devices) { devices.at(2).link.width = fact<std::uint32_t>(8); });
    std::vector<AmdGpu> gpus = *bad.amd_gpus;
    gpus.at(3).vram_bytes = fact<std::uint64_t>(*gpus.at(3).vram_bytes / 2);
    bad.amd_gpus = fact(gpus);
    const auto issues = differences(inventory(good), bad);
    ASSERT_THAT(issues, SizeIs(2));
    EXPECT_THAT(issues[0], AllOf(is_about("PCI Express lanes"), Field(&Issue::found, "8"),
                                 Field(&Issue::expected, "at least 16"),
                                 Field(&Issue::remedy, HasSubstr("'link_lanes' in node.toml"))));
    EXPECT_THAT(issues[1], AllOf(is_about("memory in MiB"), Field(&Issue::found, "98296")));
}

TEST(Inventory, MoreLanesAndMemoryThanExpectedAreNoDifferences) {
    const Machine machine = made("made-amd-mi300x-spx");
    Inventory expected = inventory(machine);
    expected.cards.at(0).at("link_lanes") = 8.0;
    expected.cards.at(0).at("memory_mib") = 1000.0;
    expected.host.at("memory_mib") = 1000.0;
    EXPECT_THAT(differences(expected, machine), IsEmpty());
}

// Cards slow their link down while they idle.
TEST(Inventory, ASlowerLinkAtRestIsOnlyAWarning) {
    const Machine slow = changed(
        eight_cards(), [](auto& devices) { devices.at(1).link.speed_gt_per_s = fact(2.5); });
    const auto issues = differences(inventory(eight_cards()), slow);
    ASSERT_THAT(issues, SizeIs(1));
    EXPECT_EQ(issues[0].kind, IssueKind::warning);
}

TEST(Inventory, OtherFirmwareAndDriversAreDifferences) {
    const Machine machine = eight_cards();
    Inventory expected = inventory(machine);
    expected.cards.at(0).at("video_bios") = "96.00.5E.00.01";
    expected.drivers["nvidia"] = "570.86.10";
    expected.drivers["amdgpu"] = "6.12.12";
    expected.host.at("kernel") = "5.14.0";
    EXPECT_THAT(differences(expected, machine),
                ElementsAre(is_about("kernel"),
                            AllOf(is_about("driver amdgpu"),
                                  Field(&Issue::found, "not loaded, or without a version")),
                            AllOf(is_about("driver nvidia"), Field(&Issue::found, "'580.95.05'"),
                                  Field(&Issue::expected, "'570.86.10'")),
                            is_about("video BIOS")));
}

TEST(Inventory, AFactThatIsNotExpectedIsNotCompared) {
    const Machine machine = eight_cards();
    Inventory expected = inventory(machine);
    expected.cards.at(0).erase("video_bios");
    std::vector<NvidiaGpu> gpus = *machine.nvidia_gpus;
    gpus.at(0).video_bios = fact<std::string>("other");
    Machine changed_machine = machine;
    changed_machine.nvidia_gpus = fact(gpus);
    EXPECT_THAT(differences(expected, changed_machine), IsEmpty());
}

TEST(Inventory, AnExpectedFactThatCannotBeReadIsUnknown) {
    Machine machine = eight_cards();
    std::vector<NvidiaGpu> gpus = *machine.nvidia_gpus;
    gpus.at(0).video_bios = trilby::testing::missing<std::string>(Presence::denied);
    machine.nvidia_gpus = fact(gpus);
    const auto issues = differences(inventory(eight_cards()), machine);
    ASSERT_THAT(issues, SizeIs(1));
    EXPECT_EQ(issues[0].kind, IssueKind::unknown);
}

TEST(Inventory, AnUnreadableBusIsNotAMachineWithoutCards) {
    const auto issues = differences(inventory(eight_cards()), Machine{});
    EXPECT_THAT(issues, Contains(AllOf(is_about("cards"), Field(&Issue::kind, IssueKind::failure),
                                       Field(&Issue::found, "the PCI bus could not be read"))));
}

}  // namespace
}  // namespace trilby::validate
