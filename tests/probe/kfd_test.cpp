// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include "support/recorded_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::ElementsAre;
using testing::MadeMachine;
using testing::RecordedMachine;
using ::testing::SizeIs;

constexpr const char* topology = "sys/class/kfd/kfd/topology";

struct MadeNode {
    int number = 1;
    std::string properties;
    std::vector<std::string> banks{};
    std::vector<std::string> links{};
};

void add(const MadeMachine& machine, const MadeNode& node) {
    const std::string folder = fmt::format("{}/nodes/{}", topology, node.number);
    machine.write(folder + "/properties", node.properties);
    machine.make_folder(folder + "/mem_banks");
    machine.make_folder(folder + "/io_links");
    for (std::size_t i = 0; i < node.banks.size(); ++i) {
        machine.write(fmt::format("{}/mem_banks/{}/properties", folder, i), node.banks[i]);
    }
    for (std::size_t i = 0; i < node.links.size(); ++i) {
        machine.write(fmt::format("{}/io_links/{}/properties", folder, i), node.links[i]);
    }
}

std::vector<KfdNode> nodes_of(const MadeMachine& machine) {
    return probe({.root = machine.root()}).kfd_nodes.value_or({});
}

KfdNode only_node(const std::string& properties) {
    const MadeMachine machine;
    add(machine, {.properties = properties});
    const auto nodes = nodes_of(machine);
    EXPECT_THAT(nodes, SizeIs(1));
    return nodes.empty() ? KfdNode{} : nodes.front();
}

TEST(Kfd, IsAbsentWithoutTheDriver) {
    EXPECT_EQ(probe({.root = MadeMachine().root()}).kfd_nodes.presence(), Presence::absent);
}

TEST(Kfd, ListsOnlyGpusInNumericOrder) {
    const MadeMachine machine;
    add(machine, {.number = 0, .properties = "cpu_cores_count 64\nsimd_count 0\n"});
    add(machine, {.number = 10, .properties = "simd_count 256\n"});
    add(machine, {.number = 2, .properties = "simd_count 256\n"});
    const auto nodes = nodes_of(machine);
    ASSERT_THAT(nodes, SizeIs(2));
    EXPECT_EQ(nodes[0].number, 2U);
    EXPECT_EQ(nodes[1].number, 10U);
}

TEST(Kfd, NumbersThatAreNotValuesAreUnknown) {
    const KfdNode node = only_node(
        "simd_count 256\nmax_engine_clk_fcompute 0\nfw_version 0\n"
        "sdma_fw_version 4294967295\nwave_front_size 64\n");
    EXPECT_FALSE(node.max_clock_mhz);
    EXPECT_FALSE(node.firmware_version);
    EXPECT_FALSE(node.sdma_firmware_version);
    EXPECT_EQ(node.wavefront_lanes.value_or(0), 64U);
    EXPECT_EQ(only_node("simd_count 256\nmax_engine_clk_fcompute 2100\n").max_clock_mhz.value_or(0),
              2100U);
}

TEST(Kfd, DecodesTheTarget) {
    struct Case {
        const char* version;
        const char* name;
    };
    for (const Case& c : {Case{"90000", "gfx900"}, Case{"90010", "gfx90a"}, Case{"90402", "gfx942"},
                          Case{"90500", "gfx950"}, Case{"100306", "gfx1036"},
                          Case{"110501", "gfx1151"}, Case{"120001", "gfx1201"}}) {
        const auto node =
            only_node(fmt::format("simd_count 4\ngfx_target_version {}\n", c.version));
        EXPECT_EQ(node.gfx_target.value_or(""), c.name);
    }
}

TEST(Kfd, AnImpossibleTargetIsMalformed) {
    for (const char* version : {"0", "1", "91600", "90016", "-1", "99999999999", "gfx90a"}) {
        const auto node = only_node(fmt::format("simd_count 4\ngfx_target_version {}\n", version));
        EXPECT_EQ(node.gfx_target.presence(), Presence::malformed) << version;
    }
    EXPECT_EQ(only_node("simd_count 4\n").gfx_target.presence(), Presence::absent);
}

TEST(Kfd, AddsUpTheMemoryBanksOfACard) {
    const MadeMachine machine;
    add(machine, {.properties = "simd_count 4\n",
                  .banks = {"heap_type 1\nsize_in_bytes 1000\n", "heap_type 2\nsize_in_bytes 24\n",
                            "heap_type 0\nsize_in_bytes 7\n"}});
    EXPECT_EQ(nodes_of(machine).front().vram_bytes.value_or(0), 1024U);
}

TEST(Kfd, AMalformedBankMakesTheSumUnknown) {
    for (const char* bank : {"heap_type 1\n", "heap_type 1\nsize_in_bytes many\n",
                             "heap_type 1\nsize_in_bytes 18446744073709551615\n"}) {
        const MadeMachine machine;
        add(machine,
            {.properties = "simd_count 4\n", .banks = {"heap_type 1\nsize_in_bytes 1000\n", bank}});
        EXPECT_FALSE(nodes_of(machine).front().vram_bytes) << bank;
    }
}

TEST(Kfd, DecodesThePciAddress) {
    const auto node = only_node("simd_count 4\nlocation_id 25344\ndomain 1\n");
    EXPECT_EQ(node.pci_address.value_or(""), "0001:63:00.0");
    EXPECT_EQ(node.partition.presence(), Presence::absent);
}

TEST(Kfd, AssignsPartitionsToTheirCard) {
    const MadeMachine machine;
    machine.add({.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1"});
    add(machine, {.number = 1, .properties = "simd_count 152\nlocation_id 1280\n"});
    add(machine, {.number = 2, .properties = "simd_count 152\nlocation_id 1281\n"});
    add(machine, {.number = 3, .properties = "simd_count 152\nlocation_id 536872192\n"});
    const auto nodes = nodes_of(machine);
    ASSERT_THAT(nodes, SizeIs(3));
    for (const KfdNode& node : nodes) {
        EXPECT_EQ(node.pci_address.value_or(""), "0000:05:00.0");
    }
    EXPECT_EQ(nodes[0].partition.value_or(9), 0U);
    EXPECT_EQ(nodes[1].partition.value_or(0), 1U);
    EXPECT_EQ(nodes[2].partition.value_or(0), 2U);
}

TEST(Kfd, AFunctionOnTheBusIsNotAPartition) {
    const MadeMachine machine;
    machine.add({.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1"});
    machine.add({.address = "0000:05:00.1", .vendor = "0x1002", .device = "0x74b5"});
    add(machine, {.properties = "simd_count 152\nlocation_id 1281\n"});
    EXPECT_EQ(nodes_of(machine).front().pci_address.value_or(""), "0000:05:00.1");
}

TEST(Kfd, ReadsTheKindAndTargetOfLinks) {
    const MadeMachine machine;
    add(machine, {.properties = "simd_count 4\n",
                  .links = {"type 2\nnode_to 0\nweight 20\nmax_bandwidth 32000\n",
                            "type 11\nnode_to 3\nweight 15\n", "type 4\nnode_to x\n"}});
    const auto links = nodes_of(machine).front().links.value_or({});
    ASSERT_THAT(links, SizeIs(3));
    EXPECT_EQ(links[0].kind.value_or(""), "pcie");
    EXPECT_EQ(links[0].max_bandwidth_mb_per_s.value_or(0), 32000U);
    EXPECT_EQ(links[1].kind.value_or(""), "xgmi");
    EXPECT_EQ(links[1].max_bandwidth_mb_per_s.presence(), Presence::absent);
    EXPECT_EQ(links[2].kind.value_or(""), "type 4");
    EXPECT_EQ(links[2].to_node.presence(), Presence::malformed);
}

TEST(Kfd, UnevenComputeUnitsAreMalformed) {
    EXPECT_EQ(only_node("simd_count 416\nsimd_per_cu 4\n").compute_units.value_or(0), 104U);
    for (const char* per_unit : {"0", "3", "x"}) {
        const auto node = only_node(fmt::format("simd_count 416\nsimd_per_cu {}\n", per_unit));
        EXPECT_EQ(node.compute_units.presence(), Presence::malformed) << per_unit;
    }
}

TEST(Kfd, AnUnreadableNodeIsAGpu) {
    const MadeMachine machine;
    machine.make_folder(std::string(topology) + "/nodes/1/properties");
    const auto nodes = nodes_of(machine);
    ASSERT_THAT(nodes, SizeIs(1));
    EXPECT_EQ(nodes.front().simd_count.presence(), Presence::malformed);
}

TEST(Kfd, ReadsARecordedServerWithEightCards) {
    const RecordedMachine recorded("kfd-mi210x8");
    if (!recorded.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    recorded.mount("/topology", topology);
    const auto nodes = probe({.root = recorded.root()}).kfd_nodes.value_or({});
    ASSERT_THAT(nodes, SizeIs(8));
    for (const KfdNode& node : nodes) {
        EXPECT_EQ(node.gfx_target.value_or(""), "gfx90a");
        EXPECT_EQ(node.compute_units.value_or(0), 104U);
        EXPECT_EQ(node.wavefront_lanes.value_or(0), 64U);
        EXPECT_EQ(
            std::ranges::count_if(
                *node.links, [](const KfdLink& link) { return link.kind.value_or("") == "xgmi"; }),
            3);
    }
    EXPECT_EQ(nodes.front().pci_address.value_or(""), "0000:63:00.0");
    EXPECT_EQ(nodes.front().drm_node.value_or(""), "renderD128");
}

TEST(Kfd, ReadsARecordedHostWithoutTargets) {
    const RecordedMachine recorded("kfd-vega10");
    if (!recorded.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    recorded.mount("/topology", topology);
    const auto nodes = probe({.root = recorded.root()}).kfd_nodes.value_or({});
    ASSERT_FALSE(nodes.empty());
    EXPECT_EQ(nodes.front().gfx_target.presence(), Presence::absent);
    EXPECT_EQ(nodes.front().compute_units.value_or(0), 64U);
    EXPECT_EQ(nodes.front().vram_bytes.value_or(0), 17163091968U);
}

}  // namespace
}  // namespace trilby
