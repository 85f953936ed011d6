// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/hardware/cpu_list.hpp"
#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using sources::count_of_list;
using sources::parse_cpu_list;
using ::testing::ElementsAre;
using testing::MadeMachine;
using ::testing::SizeIs;

constexpr const char* cpus = "sys/devices/system/cpu";

void add_cpu(const MadeMachine& machine, int number, const std::string& threads,
             const std::string& package) {
    const std::string folder = fmt::format("{}/cpu{}/topology", cpus, number);
    machine.write(folder + "/thread_siblings_list", threads + "\n");
    machine.write(folder + "/core_siblings_list", package + "\n");
}

Cpu cpu_of(const MadeMachine& machine) {
    return probe({.root = machine.root()}).cpu;
}

TEST(CpuList, ReadsNumbersAndRanges) {
    EXPECT_THAT(*parse_cpu_list("0-2,8,10-11"), ElementsAre(0, 1, 2, 8, 10, 11));
    EXPECT_EQ(count_of_list("0-255"), 256U);
    for (const char* bad : {"", ",", "1,", "3-1", "a", "1-", "-1", "1--2", "70000", "0-65535,0"}) {
        EXPECT_EQ(parse_cpu_list(bad), std::nullopt) << bad;
    }
}

TEST(CpuTopology, CountsCoresOfAHybridCpu) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-4\n");
    add_cpu(machine, 0, "0-1", "0-4");
    add_cpu(machine, 1, "0-1", "0-4");
    for (const int efficient : {2, 3, 4}) {
        add_cpu(machine, efficient, std::to_string(efficient), "0-4");
    }
    EXPECT_EQ(cpu_of(machine).cores.value_or(0), 4U);
    EXPECT_EQ(cpu_of(machine).packages.value_or(0), 1U);
}

TEST(CpuTopology, CountsPackages) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-3\n");
    for (const int cpu : {0, 1, 2, 3}) {
        add_cpu(machine, cpu, std::to_string(cpu), cpu < 2 ? "0-1" : "2-3");
    }
    EXPECT_EQ(cpu_of(machine).packages.value_or(0), 2U);
}

TEST(CpuTopology, OneUnreadableCpuMakesTheCountUnknown) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-1\n");
    add_cpu(machine, 0, "0", "0");
    EXPECT_EQ(cpu_of(machine).cores.presence(), Presence::absent);
    add_cpu(machine, 1, "one", "1");
    EXPECT_EQ(cpu_of(machine).cores.presence(), Presence::malformed);
}

TEST(CpuTopology, ListsDataAndUnifiedCaches) {
    const MadeMachine machine;
    const auto add_cache = [&](int index, const char* type, const char* level, const char* size) {
        const std::string folder = fmt::format("{}/cpu0/cache/index{}", cpus, index);
        machine.write(folder + "/type", type);
        machine.write(folder + "/level", level);
        machine.write(folder + "/size", size);
        machine.write(folder + "/shared_cpu_list", "0-1\n");
    };
    add_cache(0, "Data\n", "1\n", "48K\n");
    add_cache(1, "Instruction\n", "1\n", "32K\n");
    add_cache(2, "Unified\n", "2\n", "2M\n");
    add_cache(3, "Unified\n", "3\n", "huge\n");
    const auto caches = cpu_of(machine).caches.value_or({});
    ASSERT_THAT(caches, SizeIs(3));
    EXPECT_EQ(caches[0].size_bytes.value_or(0), 48U << 10);
    EXPECT_EQ(caches[1].size_bytes.value_or(0), 2U << 20);
    EXPECT_EQ(caches[1].level.value_or(0), 2U);
    EXPECT_EQ(caches[1].shared_by_cpus.value_or(0), 2U);
    EXPECT_EQ(caches[2].size_bytes.presence(), Presence::malformed);
}

}  // namespace
}  // namespace trilby
