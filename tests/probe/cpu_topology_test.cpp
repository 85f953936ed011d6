// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/hardware/cpu_list.hpp"
#include "probe/probe_of.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using sources::count_of_list;
using sources::parse_cpu_list;
using sources::parse_cpu_mask;
using testing::cpu_of;
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

TEST(CpuList, ReadsNumbersAndRanges) {
    EXPECT_THAT(*parse_cpu_list("0-2,8,10-11"), ElementsAre(0, 1, 2, 8, 10, 11));
    EXPECT_EQ(count_of_list("0-255"), 256U);
    for (const char* bad : {"", ",", "1,", "3-1", "a", "1-", "-1", "1--2", "70000", "0-65535,0"}) {
        EXPECT_EQ(parse_cpu_list(bad), std::nullopt) << bad;
    }
}

TEST(CpuList, ReadsMasks) {
    EXPECT_THAT(*parse_cpu_mask("00000001,80000005"), ElementsAre(0, 2, 31, 32));
    EXPECT_THAT(*parse_cpu_mask("f0"), ElementsAre(4, 5, 6, 7));
    for (const char* bad : {"", ",", "0", "00000000,00000000", "g", "1,", "123456789", "0-3"}) {
        EXPECT_EQ(parse_cpu_mask(bad), std::nullopt) << bad;
    }
}

/// A recording may have only the files that kernels before 2.6.26 had.
TEST(CpuTopology, ReadsMasksIfThereAreNoLists) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-3\n");
    for (const int cpu : {0, 1, 2, 3}) {
        const std::string folder = fmt::format("{}/cpu{}", cpus, cpu);
        machine.write(folder + "/topology/thread_siblings", cpu < 2 ? "00000003\n" : "0000000c\n");
        machine.write(folder + "/topology/core_siblings", "00000000,0000000f\n");
        machine.write(folder + "/cache/index0/type", "Unified\n");
        machine.write(folder + "/cache/index0/level", "2\n");
        machine.write(folder + "/cache/index0/size", "512K\n");
        machine.write(folder + "/cache/index0/shared_cpu_map", "0000000f\n");
    }
    const Cpu cpu = cpu_of(machine);
    EXPECT_EQ(cpu.cores.value_or(0), 2U);
    EXPECT_EQ(cpu.packages.value_or(0), 1U);
    ASSERT_THAT(cpu.last_level_caches.value_or({}), SizeIs(1));
    EXPECT_EQ(cpu.last_level_caches->front().shared_by_cpus.value_or(0), 4U);
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

TEST(CpuTopology, CountsFoldersOfCpusIfThereIsNoList) {
    const MadeMachine machine;
    for (const int cpu : {0, 1, 2, 10}) {
        add_cpu(machine, cpu, std::to_string(cpu), "0-2,10");
    }
    machine.write(std::string(cpus) + "/cpu10/online", "0\n");
    machine.make_folder(std::string(cpus) + "/cpufreq");
    const Cpu cpu = cpu_of(machine);
    EXPECT_EQ(cpu.logical_cpus_online.value_or(0), 3U);
    EXPECT_EQ(cpu.cores.value_or(0), 3U);
    EXPECT_EQ(cpu.packages.value_or(0), 1U);
}

TEST(CpuTopology, ReadsTheNewerNamesOfTheLists) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-3\n");
    for (const int cpu : {0, 1, 2, 3}) {
        const std::string folder = fmt::format("{}/cpu{}/topology", cpus, cpu);
        machine.write(folder + "/core_cpus_list", cpu < 2 ? "0-1\n" : "2-3\n");
        machine.write(folder + "/package_cpus_list", "0-3\n");
    }
    EXPECT_EQ(cpu_of(machine).cores.value_or(0), 2U);
    EXPECT_EQ(cpu_of(machine).packages.value_or(0), 1U);
}

struct MadeCache {
    int cpu;
    int index;
    const char* level;
    const char* size;
    std::string shared_by;
};

void add_cache(const MadeMachine& machine, const MadeCache& cache) {
    const std::string folder = fmt::format("{}/cpu{}/cache/index{}", cpus, cache.cpu, cache.index);
    machine.write(folder + "/type", "Unified\n");
    machine.write(folder + "/level", cache.level);
    machine.write(folder + "/size", cache.size);
    machine.write(folder + "/shared_cpu_list", cache.shared_by);
}

TEST(CpuCaches, ListEveryInstanceOfTheLastLevel) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-7\n");
    for (int cpu = 0; cpu < 8; ++cpu) {
        add_cache(machine, {cpu, 2, "2\n", "512K\n", std::to_string(cpu)});
        add_cache(machine,
                  {cpu, 3, "3\n", cpu < 4 ? "8192K\n" : "16384K\n", cpu < 4 ? "0-3\n" : "4-7\n"});
    }
    const auto caches = cpu_of(machine).last_level_caches.value_or({});
    ASSERT_THAT(caches, SizeIs(2));
    EXPECT_EQ(caches[0].size_bytes.value_or(0), 8U << 20);
    EXPECT_EQ(caches[1].size_bytes.value_or(0), 16U << 20);
    EXPECT_EQ(caches[1].level.value_or(0), 3U);
    EXPECT_EQ(caches[1].shared_by_cpus.value_or(0), 4U);
}

TEST(CpuCaches, OfSmallCoresMayHaveAnotherLastLevel) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-2\n");
    add_cache(machine, {0, 2, "2\n", "2M\n", "0"});
    add_cache(machine, {0, 3, "3\n", "12M\n", "0"});
    add_cache(machine, {1, 2, "2\n", "4M\n", "1-2"});
    const auto caches = cpu_of(machine).last_level_caches.value_or({});
    ASSERT_THAT(caches, SizeIs(2));
    EXPECT_EQ(caches[0].level.value_or(0), 3U);
    EXPECT_EQ(caches[1].level.value_or(0), 2U);
}

TEST(CpuCaches, AreUnknownIfThoseOfOneCpuAre) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-1\n");
    add_cache(machine, {0, 3, "3\n", "12M\n", "0"});
    EXPECT_EQ(cpu_of(machine).last_level_caches.presence(), Presence::absent);
    add_cache(machine, {1, 3, "three\n", "12M\n", "1"});
    EXPECT_EQ(cpu_of(machine).last_level_caches.presence(), Presence::malformed);
}

/// "10 x Cortex-X925, ..." of a machine.
std::vector<std::string> kinds_of(const MadeMachine& machine) {
    std::vector<std::string> kinds;
    for (const CoreKind& kind : cpu_of(machine).core_kinds.value_or({})) {
        kinds.push_back(fmt::format("{} x {}", kind.logical_cpus, kind.name));
    }
    return kinds;
}

TEST(CoreKinds, OfIntelAreThoseOfItsCounters) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-21\n");
    EXPECT_EQ(cpu_of(machine).core_kinds.presence(), Presence::absent);
    machine.write("sys/devices/cpu_core/cpus", "0-11\n");
    machine.write("sys/devices/cpu_atom/cpus", "12-21\n");
    EXPECT_THAT(kinds_of(machine), ElementsAre("12 x P-core", "10 x E-core"));
    machine.write("sys/devices/cpu_atom/cpus", "many\n");
    EXPECT_EQ(cpu_of(machine).core_kinds.presence(), Presence::malformed);
}

TEST(CoreKinds, OfArmAreItsCores) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-2\n");
    std::string cpuinfo;
    for (const char* part : {"0xd87", "0xd87", "0xd85"}) {
        cpuinfo += fmt::format("processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: {}\n\n", part);
    }
    machine.write("proc/cpuinfo", cpuinfo);
    EXPECT_THAT(kinds_of(machine), ElementsAre("2 x Cortex-A725", "1 x Cortex-X925"));
}

TEST(CoreKinds, OfArmAreReadFromRegistersIfOnlyOneCpuIsDescribed) {
    const MadeMachine machine;
    machine.write(std::string(cpus) + "/online", "0-1\n");
    machine.write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x61\nCPU part\t: 0x022\n");
    EXPECT_EQ(cpu_of(machine).core_kinds.presence(), Presence::absent);
    for (const int cpu : {0, 1}) {
        machine.write(fmt::format("{}/cpu{}/regs/identification/midr_el1", cpus, cpu),
                      cpu == 0 ? "0x00000000611f0221\n" : "0x00000000611f0231\n");
    }
    EXPECT_THAT(kinds_of(machine), ElementsAre("1 x M1 (Icestorm)", "1 x M1 (Firestorm)"));
}

}  // namespace
}  // namespace trilby
