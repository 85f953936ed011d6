// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <boost/pfr.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "machine/cpu_features.hpp"
#include "platform/file_tree.hpp"
#include "probe/hardware/instruction_sets.hpp"
#include "probe/probe_of.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::Contains;
using testing::cpu_of;
using ::testing::ElementsAre;
using testing::MadeMachine;

constexpr const char* arm_cpuinfo =
    "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp sve bf16 i8mm\n"
    "CPU implementer\t: 0x41\nCPU architecture: 8\n\nprocessor\t: 1\n";

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
        if (feature == cpu_features::x86.avx_ne_convert) {
            continue;  // the kernel never lists it
        }
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

TEST(RecordedCpu, HasFeaturesOnA32BitKernel) {
    const MadeMachine made;
    made.write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu lm avx avx2\n");
    made.write("trilby-recording.json",
               R"({"recording": 1, "statuses": {}, "answers": {"uname": "i686"}})");
    const Cpu cpu = cpu_of(made);
    EXPECT_EQ(cpu.architecture.value_or(""), "i686");
    EXPECT_THAT(cpu.features.value_or({}), Contains("avx2"));
    EXPECT_EQ(cpu.isa_level.presence(), Presence::absent);
}

TEST(RecordedCpu, HasTheArchitectureOfTheKernelForA32BitProgram) {
    const MadeMachine made;
    made.write("proc/cpuinfo", "processor\t: 0\nflags\t\t: fpu lm avx avx2\n");
    made.write("proc/sys/kernel/arch", "x86_64\n");
    made.write("trilby-recording.json",
               R"({"recording": 1, "statuses": {}, "answers": {"uname": "i686"}})");
    EXPECT_EQ(cpu_of(made).architecture.value_or(""), "x86_64");
    EXPECT_EQ(cpu_of(made).isa_level.value_or(""), "x86-64-v1");
}

TEST(RecordedCpu, ReadsIbmZ) {
    const MadeMachine made;
    made.write("proc/cpuinfo",
               "vendor_id       : IBM/S390\n# processors    : 2\nbogomips per cpu: 3033.00\n"
               "max thread id   : 0\nfeatures\t: esan3 zarch stfle vx vxd vxe sie \n"
               "cache3          : level=3 type=Unified scope=Shared size=131072K\n"
               "processor 0: version = FF,  identification = 000000,  machine = 3906\n"
               "processor 1: version = FF,  identification = 000000,  machine = 3906\n\n"
               "cpu number      : 0\nmachine         : 3906\n");
    const Cpu cpu = cpu_of(made);
    EXPECT_EQ(cpu.architecture.value_or(""), "s390x");
    EXPECT_EQ(cpu.vendor.value_or(""), "IBM/S390");
    EXPECT_EQ(cpu.model.value_or(""), "IBM z14");
    EXPECT_EQ(cpu.logical_cpus_online.value_or(0), 2U);
    EXPECT_THAT(cpu.features.value_or({}), ElementsAre("vx", "vxe"));
}

TEST(RecordedCpu, RecognizesPowerByItsNameAlone) {
    const MadeMachine made;
    const auto architecture_of = [&](const std::string& name) {
        made.write("proc/cpuinfo", "processor\t: 0\ncpu\t\t: " + name + "\n");
        return cpu_of(made).architecture.value_or("");
    };
    EXPECT_EQ(architecture_of("POWER8 (raw), altivec supported"), "ppc64le");
    EXPECT_EQ(architecture_of("POWER10 (architected), altivec supported"), "ppc64le");
    EXPECT_EQ(architecture_of("Power11 (architected), altivec supported"), "ppc64le");
    EXPECT_EQ(architecture_of("POWER7 (architected), altivec supported"), "ppc64");
    EXPECT_EQ(architecture_of("PPC970MP, altivec supported"), "ppc64");
    EXPECT_EQ(architecture_of("another processor"), "");
}

TEST(RecordedCpu, ReadsPower) {
    const MadeMachine made;
    made.write("proc/cpuinfo",
               "processor\t: 0\ncpu\t\t: POWER9, altivec supported\nclock\t\t: 2166.000000MHz\n"
               "revision\t: 2.2 (pvr 004e 1202)\n\nprocessor\t: 1\n\nplatform\t: PowerNV\n");
    made.write("trilby-recording.json",
               R"({"recording": 1, "statuses": {}, "answers": {"uname": "ppc64le"}})");
    const Cpu cpu = cpu_of(made);
    EXPECT_EQ(cpu.vendor.value_or(""), "IBM");
    EXPECT_EQ(cpu.model.value_or(""), "POWER9");
    EXPECT_EQ(cpu.logical_cpus_online.value_or(0), 2U);
    EXPECT_THAT(cpu.features.value_or({}), ElementsAre("altivec"));
}

std::string arm_model_of(const std::string& implementer, const std::string& part) {
    const MadeMachine made;
    made.write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: " + implementer +
                                   "\nCPU architecture: 8\nCPU part\t: " + part + "\n");
    const Cpu cpu = cpu_of(made);
    return cpu.vendor.value_or("") + " " + cpu.model.value_or("");
}

TEST(RecordedCpu, NamesArmCores) {
    EXPECT_EQ(arm_model_of("0x41", "0xd83"), "Arm Neoverse-V3AE");
    EXPECT_EQ(arm_model_of("0x41", "0xd84"), "Arm Neoverse-V3");
    EXPECT_EQ(arm_model_of("0x41", "0xd85"), "Arm Cortex-X925");
    EXPECT_EQ(arm_model_of("0x41", "0xd87"), "Arm Cortex-A725");
    EXPECT_EQ(arm_model_of("0x43", "0x0af"), "Cavium ThunderX2-99xx");
    EXPECT_EQ(arm_model_of("0x46", "0x003"), "Fujitsu MONAKA");
    EXPECT_EQ(arm_model_of("0x48", "0xd02"), "HiSilicon TaiShan-v120");
    EXPECT_EQ(arm_model_of("0x4e", "0x010"), "NVIDIA Olympus");
    EXPECT_EQ(arm_model_of("0x51", "0x001"), "Qualcomm Oryon");
    EXPECT_EQ(arm_model_of("0x61", "0x039"), "Apple M2 Max (Avalanche)");
    EXPECT_EQ(arm_model_of("0x6d", "0xd49"), "Microsoft Azure Cobalt 100");
    EXPECT_EQ(arm_model_of("0xc0", "0xac4"), "Ampere Ampere-1a");
    EXPECT_EQ(arm_model_of("0x41", "0xfff"), "Arm part 0xfff");
    EXPECT_EQ(arm_model_of("0x99", "0x001"), "0x99 part 0x001");
}

TEST(RecordedCpu, PrefersTheCoreToAGenericNameOfArm) {
    const MadeMachine made;
    made.write("proc/cpuinfo",
               "processor\t: 0\nmodel name\t: ARMv8 Processor rev 3 (v8l)\n"
               "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU part\t: 0xd08\n");
    EXPECT_EQ(cpu_of(made).model.value_or(""), "Cortex-A72");
}

template <class Names>
void expect_in_table(const Names& names, const char* architecture) {
    const auto table = sources::feature_table(architecture);
    ASSERT_TRUE(table) << architecture;
    boost::pfr::for_each_field(names, [&](std::string_view name) {
        EXPECT_THAT(table->names, Contains(name)) << architecture;
    });
}

TEST(FeatureTable, HasEveryNameThatConditionsMayAskFor) {
    expect_in_table(cpu_features::x86, "x86_64");
    expect_in_table(cpu_features::x86, "i686");
    expect_in_table(cpu_features::arm, "aarch64");
    expect_in_table(cpu_features::s390, "s390x");
    expect_in_table(cpu_features::power, "ppc64le");
    EXPECT_FALSE(sources::feature_table("riscv64"));
}

}  // namespace
}  // namespace trilby
