// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

constexpr const char* gpu_folder = "sys/devices/pci0000:00/0000:05:00.0";

/// A card with one of its driver's files.
AmdGpu gpu_with(const std::string& file, const std::string& content) {
    const MadeMachine made;
    made.add(
        {.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1", .driver = "amdgpu"});
    made.write(std::string(gpu_folder) + "/" + file, content);
    return probe({.root = made.root()}).amd_gpus->front();
}

TEST(AmdGpu, ReadsMemorySizesInBytes) {
    EXPECT_EQ(gpu_with("mem_info_vram_total", "536870912\n").vram_bytes.value_or(0), 536870912U);
    EXPECT_EQ(gpu_with("mem_info_gtt_total", "128849018880\n").gtt_bytes.value_or(0),
              128849018880U);
    EXPECT_EQ(gpu_with("mem_info_vram_used", "27000832\n").vram_used_bytes.value_or(0), 27000832U);
    EXPECT_EQ(gpu_with("mem_info_gtt_total", "-1\n").gtt_bytes.presence(), Presence::malformed);
}

TEST(AmdGpu, SizesThatAreNotValuesAreUnknown) {
    for (const char* placeholder : {"0\n", "18446744073709551615\n"}) {
        EXPECT_FALSE(gpu_with("mem_info_vram_total", placeholder).vram_bytes) << placeholder;
        EXPECT_FALSE(gpu_with("mem_info_gtt_total", placeholder).gtt_bytes) << placeholder;
    }
    EXPECT_FALSE(gpu_with("mem_info_vram_used", "18446744073709551615\n").vram_used_bytes);
    EXPECT_TRUE(gpu_with("mem_info_vram_used", "0\n").vram_used_bytes);
}

TEST(AmdGpu, OneUnreadableFileDoesNotHideTheOthers) {
    const MadeMachine made;
    made.add(
        {.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1", .driver = "amdgpu"});
    made.write(std::string(gpu_folder) + "/mem_info_vram_total", "many\n");
    made.write(std::string(gpu_folder) + "/mem_info_vram_used", "27000832\n");
    const AmdGpu gpu = probe({.root = made.root()}).amd_gpus->front();
    EXPECT_EQ(gpu.vram_bytes.presence(), Presence::malformed);
    EXPECT_EQ(gpu.vram_used_bytes.value_or(0), 27000832U);
}

TEST(AmdGpu, AcceptsOnlyModesInUpperCase) {
    EXPECT_EQ(gpu_with("current_compute_partition", "CPX\n").compute_partition.value_or(""), "CPX");
    EXPECT_EQ(gpu_with("current_memory_partition", "NPS4\n").memory_partition.value_or(""), "NPS4");
    EXPECT_EQ(gpu_with("current_compute_partition", "\x1b[2J").compute_partition.presence(),
              Presence::malformed);
    EXPECT_EQ(gpu_with("x", "").compute_partition.presence(), Presence::absent);
}

TEST(AmdGpu, ReadsFirmwareVersionsAsHexadecimal) {
    EXPECT_EQ(gpu_with("fw_version/mes_fw_version", "0x00000083\n").scheduler_firmware.value_or(0),
              0x83U);
    EXPECT_EQ(gpu_with("fw_version/mec_fw_version", "83\n").compute_firmware.presence(),
              Presence::malformed);
    // A card without this firmware.
    EXPECT_EQ(gpu_with("fw_version/mes_fw_version", "0x00000000\n").scheduler_firmware.presence(),
              Presence::absent);
    EXPECT_EQ(gpu_with("fw_version/mec_fw_version", "0xffffffff\n").compute_firmware.presence(),
              Presence::absent);
}

TEST(AmdGpu, ReadsTheVersionOfTheGraphicsCore) {
    const MadeMachine made;
    made.add(
        {.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x1586", .driver = "amdgpu"});
    const std::string core = std::string(gpu_folder) + "/ip_discovery/die/0/GC/0/";
    made.write(core + "major", "11\n");
    made.write(core + "minor", "5\n");
    EXPECT_FALSE(probe({.root = made.root()}).amd_gpus->front().graphics_version);
    made.write(core + "revision", "1\n");
    EXPECT_EQ(probe({.root = made.root()}).amd_gpus->front().graphics_version.value_or(""),
              "11.5.1");
}

TEST(AmdGpu, DoesNotWakeASleepingCard) {
    const MadeMachine made;
    made.add(
        {.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1", .driver = "amdgpu"});
    made.write(std::string(gpu_folder) + "/power_dpm_force_performance_level", "low\n");
    EXPECT_EQ(probe({.root = made.root()}).amd_gpus->front().performance_level.value_or(""), "low");
    made.write(std::string(gpu_folder) + "/power/runtime_status", "suspended\n");
    EXPECT_FALSE(probe({.root = made.root()}).amd_gpus->front().performance_level);
}

TEST(AmdGpu, ReadsTheIommuDomain) {
    EXPECT_EQ(gpu_with("iommu_group/type", "DMA-FQ\n").iommu_domain.value_or(""), "DMA-FQ");
    EXPECT_EQ(gpu_with("iommu_group/type", "two words\n").iommu_domain.presence(),
              Presence::malformed);
    EXPECT_EQ(gpu_with("x", "").iommu_domain.presence(), Presence::absent);
}

TEST(AmdGpu, ReportsTheDumpOfAReset) {
    const MadeMachine made;
    made.add(
        {.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1", .driver = "amdgpu"});
    EXPECT_FALSE(probe({.root = made.root()}).amd_gpus->front().has_crash_dump.value_or(true));
    made.link(std::string(gpu_folder) + "/devcoredump", "../../virtual/devcoredump/devcd1");
    EXPECT_TRUE(probe({.root = made.root()}).amd_gpus->front().has_crash_dump.value_or(false));
}

TEST(AmdGpu, IgnoresCardsOfOtherDrivers) {
    const MadeMachine made;
    made.add({.address = "0000:05:00.0", .vendor = "0x1002", .device = "0x74a1", .driver = "vfio"});
    EXPECT_TRUE(probe({.root = made.root()}).amd_gpus->empty());
}

}  // namespace
}  // namespace trilby
