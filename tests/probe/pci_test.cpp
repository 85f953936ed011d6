// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <filesystem>
#include <gtest/gtest.h>

#include "probe/probe_of.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;
using testing::probe_of;

constexpr const char* pci_ids =
    "# comment\n"
    "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
    "\t744c  Navi 31 [Radeon RX 7900 XTX]\n"
    "\t\t1002 0e3b  A subsystem\n"
    "10de  NVIDIA Corporation\n"
    "\t2684  AD102 [GeForce RTX 4090]\n"
    "C 03  Display controller\n";

TEST(Pci, ListsOnlyDisplaysAndAccelerators) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    made.add({.address = "0000:02:00.0",
              .vendor = "0x1002",
              .device = "0x74a1",
              .pci_class = "0x120000"});
    made.add({.address = "0000:03:00.0",
              .vendor = "0x8086",
              .device = "0x1533",
              .pci_class = "0x020000"});
    const Machine machine = probe_of(made);
    ASSERT_TRUE(machine.pci_devices);
    ASSERT_EQ(machine.pci_devices->size(), 2U);
    EXPECT_EQ((*machine.pci_devices)[0].address, "0000:01:00.0");
    EXPECT_EQ((*machine.pci_devices)[1].address, "0000:02:00.0");
}

TEST(Pci, ReadsDeviceNamesFromTheDatabaseOfTheTree) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c"});
    made.write("usr/share/hwdata/pci.ids", pci_ids);
    const PciDevice device = probe_of(made).pci_devices->front();
    EXPECT_EQ(device.vendor_name.value_or(""), "Advanced Micro Devices, Inc. [AMD/ATI]");
    EXPECT_EQ(device.device_name.value_or(""), "Navi 31 [Radeon RX 7900 XTX]");
    EXPECT_EQ(device.device_name.source(), "/usr/share/hwdata/pci.ids");
}

TEST(Pci, DoesNotTakeADeviceNameFromTheNextVendor) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x2684"});
    made.write("usr/share/misc/pci.ids", pci_ids);
    const PciDevice device = probe_of(made).pci_devices->front();
    EXPECT_TRUE(device.vendor_name);
    EXPECT_EQ(device.device_name.presence(), Presence::absent);
}

TEST(Pci, ReadsTheDriverFromABrokenLink) {
    const MadeMachine made;
    made.add(
        {.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684", .driver = "nouveau"});
    made.link("sys/devices/pci0000:00/0000:02:00.0/driver", "/sys/bus/pci/drivers/amdgpu");
    made.add({.address = "0000:02:00.0", .vendor = "0x1002", .device = "0x744c"});
    const Machine machine = probe_of(made);
    EXPECT_EQ((*machine.pci_devices)[0].driver.value_or(""), "nouveau");
    EXPECT_EQ((*machine.pci_devices)[1].driver.value_or(""), "amdgpu");
}

TEST(Pci, HasNoNumaNodeIfTheFirmwareReportsMinusOne) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    made.add({.address = "0000:02:00.0", .vendor = "0x10de", .device = "0x2684", .numa_node = "1"});
    const Machine machine = probe_of(made);
    EXPECT_EQ((*machine.pci_devices)[0].numa_node.presence(), Presence::absent);
    EXPECT_EQ((*machine.pci_devices)[1].numa_node.value_or(-7), 1);
}

/// A card with these files.
PciDevice card_with(const std::vector<std::pair<std::string, std::string>>& files) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    for (const auto& [name, content] : files) {
        made.write("sys/devices/pci0000:00/0000:01:00.0/" + name, content);
    }
    return probe_of(made).pci_devices->front();
}

TEST(Pci, ReadsTheLink) {
    const PciDevice device = card_with({{"current_link_speed", "2.5 GT/s PCIe\n"},
                                        {"max_link_speed", "16.0 GT/s PCIe\n"},
                                        {"current_link_width", "8\n"},
                                        {"max_link_width", "16\n"}});
    EXPECT_EQ(device.link.speed_gt_per_s.value_or(0), 2.5);
    EXPECT_EQ(device.link.max_speed_gt_per_s.value_or(0), 16.0);
    EXPECT_EQ(device.link.width.value_or(0), 8U);
    EXPECT_EQ(device.link.max_width.value_or(0), 16U);
    EXPECT_EQ(card_with({{"current_link_speed", "8 GT/s\n"}}).link.speed_gt_per_s.value_or(0), 8.0);
}

TEST(Pci, TheLinkOfAPoweredDownDeviceIsAbsent) {
    const PciDevice device =
        card_with({{"current_link_speed", "Unknown\n"}, {"current_link_width", "255\n"}});
    EXPECT_EQ(device.link.speed_gt_per_s.presence(), Presence::absent);
    EXPECT_EQ(device.link.width.presence(), Presence::absent);
}

TEST(Pci, AnImpossibleLinkIsMalformed) {
    for (const char* speed : {"", "fast", "16.0", "nan GT/s", "-8 GT/s", "1e999 GT/s", "8x GT/s"}) {
        EXPECT_EQ(card_with({{"max_link_speed", speed}}).link.max_speed_gt_per_s.presence(),
                  Presence::malformed)
            << speed;
    }
    for (const char* width : {"", "x16", "64", "-1"}) {
        EXPECT_EQ(card_with({{"max_link_width", width}}).link.max_width.presence(),
                  Presence::malformed)
            << width;
    }
}

TEST(Pci, FindsTheLargestMemoryWindow) {
    const PciDevice device =
        card_with({{"resource",
                    "0x00000000de000000 0x00000000deffffff 0x0000000000040200\n"
                    "0x0000007800000000 0x0000007bffffffff 0x000000000014220c\n"
                    "0x0000000000000000 0x0000000000000000 0x0000000000000000\n"
                    "0x000000000000f000 0x000000000000f07f 0x0000000000040101\n"}});
    EXPECT_EQ(device.largest_bar_bytes.value_or(0), 16ULL << 30);
    EXPECT_EQ(device.largest_possible_bar_bytes.presence(), Presence::absent);
}

TEST(Pci, FindsAWindowWithoutAnAddress) {
    for (const char* window : {"0x0000000000000000 0x00000007ffffffff 0x000000000014220c\n",
                               "0x0000000080000000 0x0000000083ffffff 0x0000000020040200\n"}) {
        EXPECT_TRUE(card_with({{"resource", window}}).has_unassigned_bar.value_or(false)) << window;
    }
}

TEST(Pci, UnusedWindowsAndPortsNeedNoAddress) {
    for (const char* window : {"0x0000000000000000 0x0000000000000000 0x0000000000000000\n",
                               "0x0000000000000000 0x000000000000007f 0x0000000000040101\n",
                               "0x00000000de000000 0x00000000deffffff 0x0000000000040200\n"}) {
        EXPECT_FALSE(card_with({{"resource", window}}).has_unassigned_bar.value_or(true)) << window;
    }
    EXPECT_FALSE(card_with({{"resource", "garbage\n"}}).has_unassigned_bar);
}

TEST(Pci, ImpossibleWindowsAreMalformed) {
    for (const char* resource :
         {"", "0x10 0x00 0x200\n", "0x0 0xffffffffffffffff 0x200\n", "0 10 200\n", "0x0 0x10\n"}) {
        EXPECT_EQ(card_with({{"resource", resource}}).largest_bar_bytes.presence(),
                  Presence::malformed)
            << resource;
    }
}

TEST(Pci, ReadsTheLargestPossibleWindowFromTheSizeMask) {
    const PciDevice device = card_with(
        {{"resource0_resize", "0x0000000000003f00\n"}, {"resource1_resize", "0000000000000300\n"}});
    EXPECT_EQ(device.largest_possible_bar_bytes.value_or(0), 8ULL << 30);
    for (const char* mask : {"0", "x", "ffffffffffffffff"}) {
        EXPECT_EQ(card_with({{"resource0_resize", mask}}).largest_possible_bar_bytes.presence(),
                  Presence::malformed)
            << mask;
    }
}

TEST(Pci, ReadsPowerGroupAndVirtualFunctions) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    const std::string folder = "sys/devices/pci0000:00/0000:01:00.0/";
    made.write(folder + "power_state", "D3cold\n");
    made.write(folder + "power/runtime_status", "suspended\n");
    made.write(folder + "sriov_totalvfs", "16\n");
    made.write(folder + "sriov_numvfs", "2\n");
    made.link(folder + "iommu_group", "../../../kernel/iommu_groups/14");
    made.link(folder + "physfn", "../0000:01:00.4");
    const PciDevice device = probe_of(made).pci_devices->front();
    EXPECT_EQ(device.power_state.value_or(""), "D3cold");
    EXPECT_EQ(device.runtime_status.value_or(""), "suspended");
    EXPECT_EQ(device.max_virtual_functions.value_or(0), 16U);
    EXPECT_EQ(device.virtual_functions.value_or(0), 2U);
    EXPECT_EQ(device.iommu_group.value_or(0), 14U);
    EXPECT_EQ(device.physical_function.value_or(""), "0000:01:00.4");
    EXPECT_EQ(card_with({{"power_state", "unknown\n"}}).power_state.presence(), Presence::absent);
}

TEST(Pci, DistinguishesAnEmptyBusFromNoBus) {
    const MadeMachine made;
    EXPECT_EQ(probe_of(made).pci_devices.presence(), Presence::absent);
    made.make_folder("sys/bus/pci/devices");
    const Machine machine = probe_of(made);
    ASSERT_TRUE(machine.pci_devices);
    EXPECT_TRUE(machine.pci_devices->empty());
}

std::vector<PciDevice> devices_with_class(const std::string& content) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0",
              .vendor = "0x10de",
              .device = "0x2684",
              .pci_class = content,
              .driver = "nvidia"});
    return *probe_of(made).pci_devices;
}

TEST(Pci, KeepsADeviceWhoseClassIsMalformed) {
    for (const char* malformed : {"", "gpu", "0x", "-1", "0x1030000ffff"}) {
        const auto devices = devices_with_class(malformed);
        ASSERT_EQ(devices.size(), 1U) << malformed;
        EXPECT_EQ(devices[0].class_code.presence(), Presence::malformed) << malformed;
        EXPECT_EQ(devices[0].vendor_id.value_or(0), 0x10de);
        EXPECT_EQ(devices[0].driver.value_or(""), "nvidia");
    }
}

TEST(Pci, KeepsADeviceWhoseClassIsDenied) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    std::filesystem::remove(made.root() / "sys/devices/pci0000:00/0000:01:00.0/class");
    made.write("trilby-recording.json",
               R"({"recording": 1, "answers": {}, "statuses": {},
                   "denied": ["/sys/bus/pci/devices/0000:01:00.0/class"]})");
    const auto devices = *probe_of(made).pci_devices;
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].class_code.presence(), Presence::denied);
}

TEST(Pci, IgnoresThePaddingOfACopiedFile) {
    const auto devices = devices_with_class(std::string("0x030000\n\0\0\0\0", 13));
    ASSERT_EQ(devices.size(), 1U);
    EXPECT_EQ(devices[0].class_code.value_or(0), 0x030000U);
    EXPECT_EQ(
        card_with({{"max_link_width", std::string("16\n\0 \0", 6)}}).link.max_width.value_or(0),
        16U);
    EXPECT_TRUE(devices_with_class(std::string("0x020000\n\0\0", 11)).empty());
}

TEST(Pci, ListsAcceleratorsOfOtherClasses) {
    struct Accelerator {
        const char* vendor;
        const char* device;
        const char* pci_class;
    };
    for (const auto& [vendor, device, pci_class] :
         {Accelerator{"0x1e60", "0x2864", "0x0b4000"}, Accelerator{"0x1bcf", "0x001c", "0x0b4000"},
          Accelerator{"0x1ac1", "0x089a", "0x00ff00"}, Accelerator{"0x1fe9", "0x0100", "0xff0000"},
          Accelerator{"0x1d0f", "0x7164", "0x088000"}}) {
        const MadeMachine made;
        made.add({.address = "0000:01:00.0",
                  .vendor = vendor,
                  .device = device,
                  .pci_class = pci_class});
        EXPECT_EQ(probe_of(made).pci_devices->size(), 1U) << vendor;
    }
}

TEST(Pci, DoesNotListOtherDevicesOfTheirVendors) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0",
              .vendor = "0x1ac1",
              .device = "0x0001",
              .pci_class = "0x00ff00"});
    made.add({.address = "0000:02:00.0",
              .vendor = "0x1f82",
              .device = "0x00f1",
              .pci_class = "0x020000"});
    made.add({.address = "0000:03:00.0",
              .vendor = "0x1e60",
              .device = "0x2864",
              .pci_class = "0x060400"});
    EXPECT_TRUE(probe_of(made).pci_devices->empty());
}

}  // namespace
}  // namespace trilby
