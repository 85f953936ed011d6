// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::ElementsAre;
using testing::MadeMachine;
using ::testing::SizeIs;

constexpr const char* information =
    "Model: \t\t NVIDIA A100-SXM4-40GB\n"
    "IRQ:   \t\t 98\n"
    "GPU UUID: \t GPU-5d1f0d1e-0000-0000-0000-000000000000\n"
    "Video BIOS: \t 92.00.45.00.03\n"
    "Bus Type: \t PCIe\n"
    "Bus Location: \t 0000:07:00.0\n"
    "Device Minor: \t 3\n"
    "GPU Firmware: \t 580.65.06\n"
    "GPU Excluded:\t No\n";

NvidiaGpu gpu_with(const std::string& content) {
    const MadeMachine machine;
    machine.write("proc/driver/nvidia/gpus/0000:07:00.0/information", content);
    const auto gpus = probe({.root = machine.root()}).nvidia_gpus;
    EXPECT_TRUE(gpus);
    return gpus->at(0);
}

TEST(Nvidia, IsAbsentWithoutTheDriver) {
    EXPECT_EQ(probe({.root = MadeMachine().root()}).nvidia_gpus.presence(), Presence::absent);
}

TEST(Nvidia, ReadsTheDriversReportOfACard) {
    const NvidiaGpu gpu = gpu_with(information);
    EXPECT_EQ(gpu.pci_address, "0000:07:00.0");
    EXPECT_EQ(gpu.model.value_or(""), "NVIDIA A100-SXM4-40GB");
    EXPECT_EQ(gpu.video_bios.value_or(""), "92.00.45.00.03");
    EXPECT_EQ(gpu.gsp_firmware.value_or(""), "580.65.06");
    EXPECT_EQ(gpu.device_minor.value_or(0), 3U);
    ASSERT_TRUE(gpu.is_excluded);
    EXPECT_FALSE(*gpu.is_excluded);
    EXPECT_EQ(gpu.mig_instances.presence(), Presence::absent);
}

TEST(Nvidia, QuestionMarksOfASleepingCardAreAbsent) {
    const NvidiaGpu gpu = gpu_with(
        "Model: \t\t Unknown\nVideo BIOS: \t ??.??.??.??.??\nGPU Firmware: \t N/A\n"
        "Device Minor: \t 0\nGPU Excluded:\t Yes\n");
    EXPECT_EQ(gpu.video_bios.presence(), Presence::absent);
    EXPECT_EQ(gpu.gsp_firmware.presence(), Presence::absent);
    EXPECT_TRUE(gpu.is_excluded.value_or(false));
}

TEST(Nvidia, InvalidValuesAreMalformed) {
    const NvidiaGpu gpu = gpu_with("Device Minor: \t first\nGPU Excluded:\t perhaps\n");
    EXPECT_EQ(gpu.model.presence(), Presence::absent);
    EXPECT_EQ(gpu.device_minor.presence(), Presence::malformed);
    EXPECT_EQ(gpu.is_excluded.presence(), Presence::malformed);
    EXPECT_EQ(gpu.mig_instances.presence(), Presence::malformed);
}

TEST(Nvidia, ListsThePartsOfAPartitionedCard) {
    const MadeMachine machine;
    machine.write("proc/driver/nvidia/gpus/0000:07:00.0/information", information);
    const std::string mig = "proc/driver/nvidia/capabilities/gpu3/mig/";
    for (const char* part : {"gi10/ci0", "gi2/ci0", "gi2/ci1"}) {
        machine.write(mig + part + "/access", "DeviceFileMinor: 40\n");
    }
    machine.write(mig + "gi2/access", "DeviceFileMinor: 39\n");
    const auto gpus = probe({.root = machine.root()}).nvidia_gpus;
    ASSERT_TRUE(gpus->front().mig_instances);
    const auto& instances = *gpus->front().mig_instances;
    ASSERT_THAT(instances, SizeIs(2));
    EXPECT_EQ(instances[0].gpu_instance, 2U);
    EXPECT_THAT(instances[0].compute_instances, ElementsAre(0U, 1U));
    EXPECT_EQ(instances[1].gpu_instance, 10U);
}

Observed<std::vector<KernelDriver>> drivers_of(const MadeMachine& machine) {
    return probe({.root = machine.root()}).drivers;
}

TEST(NvidiaDriver, HasTheVersionOfItsOwnFileIfTheModuleHasNone) {
    const MadeMachine machine;
    machine.write(
        "proc/driver/nvidia/version",
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  "
        "(dvs-builder)  Sun Jul 27 07:12:36 UTC 2025\nGCC version:  gcc version 14.2.1\n");
    const auto drivers = drivers_of(machine);
    ASSERT_TRUE(drivers);
    ASSERT_THAT(*drivers, SizeIs(1));
    EXPECT_EQ(drivers->front().name, "nvidia");
    EXPECT_EQ(drivers->front().version.value_or(""), "580.65.06");
    EXPECT_EQ(drivers->front().flavour.value_or(""), "open");
    machine.write("sys/module/nvidia/version", "580.95.05\n");
    EXPECT_EQ(drivers_of(machine)->front().version.value_or(""), "580.95.05");
}

TEST(NvidiaDriver, HasNoVersionIfItsFileHasNone) {
    const MadeMachine machine;
    machine.write("proc/driver/nvidia/version", "NVRM version: unknown\nGCC version:  14.2.1\n");
    EXPECT_EQ(drivers_of(machine)->front().version.presence(), Presence::malformed);
}

}  // namespace
}  // namespace trilby
