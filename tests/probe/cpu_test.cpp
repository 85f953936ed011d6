// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "platform/file_tree.hpp"
#include "probe/hardware/instruction_sets.hpp"
#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::Contains;
using testing::MadeMachine;

constexpr const char* arm_cpuinfo =
    "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp sve bf16 i8mm\n"
    "CPU implementer\t: 0x41\nCPU architecture: 8\n\nprocessor\t: 1\n";

Cpu cpu_of(const MadeMachine& machine) {
    return probe({.root = machine.root()}).cpu;
}

TEST(IsaLevel, NeedsAllFeaturesOfItsLevelAndLowerLevels) {
    const std::vector<std::string> v2{"lm",  "cx16",  "lahf_lm", "popcnt",
                                      "pni", "ssse3", "sse4_1",  "sse4_2"};
    EXPECT_EQ(sources::isa_level(v2).value_or(""), "x86-64-v2");
    std::vector<std::string> without_popcnt = v2;
    std::erase(without_popcnt, "popcnt");
    without_popcnt.insert(without_popcnt.end(), {"avx", "avx2", "avx512f"});
    EXPECT_EQ(sources::isa_level(without_popcnt).value_or(""), "x86-64-v1");
    EXPECT_EQ(sources::isa_level({}), std::nullopt);
}

TEST(LiveCpu, ReportsOnlyFeaturesThatTheKernelReports) {
    const auto features = sources::features_by_instruction();
    if (!features) {
        GTEST_SKIP() << "this CPU has no instruction that reports its features";
    }
    const std::string cpuinfo = platform::FileTree().read("/proc/cpuinfo").value_or("");
    const auto words = split_words(cpuinfo);
    for (const std::string& feature : *features) {
        EXPECT_NE(std::ranges::find(words, feature), words.end()) << feature;
    }
    EXPECT_THAT(*features, Contains("lm"));
}

TEST(LiveCpu, CanUseAtLeastOneAndAtMostAllOnlineCpus) {
    const Cpu cpu = probe().cpu;
    ASSERT_TRUE(cpu.usable_cpus);
    EXPECT_GE(*cpu.usable_cpus, 1U);
    EXPECT_LE(*cpu.usable_cpus, cpu.logical_cpus_online.value_or(UINT32_MAX));
}

TEST(RecordedCpu, ReadsArm) {
    const MadeMachine made;
    made.write("proc/cpuinfo", arm_cpuinfo);
    const Cpu cpu = cpu_of(made);
    EXPECT_EQ(cpu.architecture.value_or(""), "aarch64");
    EXPECT_EQ(cpu.vendor.value_or(""), "Arm");
    EXPECT_EQ(cpu.logical_cpus_online.value_or(0), 2U);
    EXPECT_THAT(cpu.features.value_or({}), Contains("sve"));
    EXPECT_EQ(cpu.isa_level.presence(), Presence::absent);
}

TEST(RecordedCpu, CountsRangesOfOnlineCpus) {
    const MadeMachine made;
    made.write("sys/devices/system/cpu/online", "0-3,8,10-11\n");
    EXPECT_EQ(cpu_of(made).logical_cpus_online.value_or(0), 7U);
    for (const char* malformed : {"3-1", "0-", "a", "0,,1", "0-99999999999"}) {
        made.write("sys/devices/system/cpu/online", malformed);
        EXPECT_EQ(cpu_of(made).logical_cpus_online.presence(), Presence::malformed) << malformed;
    }
}

TEST(RecordedCpu, ReadsTheFirstOfManyCpus) {
    const MadeMachine made;
    std::string cpuinfo;
    for (int i = 0; i < 2000; ++i) {
        cpuinfo += "processor\t: " + std::to_string(i) +
                   "\nmodel name\t: Big\nflags\t\t: lm avx\n" + std::string(1000, 'x') + "\n\n";
    }
    made.write("proc/cpuinfo", cpuinfo);
    const Cpu cpu = cpu_of(made);
    EXPECT_EQ(cpu.model.value_or(""), "Big");
    EXPECT_EQ(cpu.logical_cpus_online.value_or(0), 2000U);
}

}  // namespace
}  // namespace trilby
