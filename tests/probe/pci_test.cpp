// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

constexpr const char* pci_ids =
    "# comment\n"
    "1002  Advanced Micro Devices, Inc. [AMD/ATI]\n"
    "\t744c  Navi 31 [Radeon RX 7900 XTX]\n"
    "\t\t1002 0e3b  A subsystem\n"
    "10de  NVIDIA Corporation\n"
    "\t2684  AD102 [GeForce RTX 4090]\n"
    "C 03  Display controller\n";

Machine probe_of(const MadeMachine& machine) {
    return probe({.root = machine.root()});
}

TEST(Pci, ListsDisplaysAndAcceleratorsOnly) {
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

TEST(Pci, NamesDevicesFromTheDatabaseOfTheTree) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c"});
    made.write("usr/share/hwdata/pci.ids", pci_ids);
    const PciDevice device = probe_of(made).pci_devices->front();
    EXPECT_EQ(device.vendor_name.value_or(""), "Advanced Micro Devices, Inc. [AMD/ATI]");
    EXPECT_EQ(device.device_name.value_or(""), "Navi 31 [Radeon RX 7900 XTX]");
    EXPECT_EQ(device.device_name.source(), "/usr/share/hwdata/pci.ids");
}

TEST(Pci, TakesNoDeviceNameFromTheNextVendor) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x2684"});
    made.write("usr/share/misc/pci.ids", pci_ids);
    const PciDevice device = probe_of(made).pci_devices->front();
    EXPECT_TRUE(device.vendor_name);
    EXPECT_EQ(device.device_name.presence(), Presence::absent);
}

TEST(Pci, ReadsTheDriverFromItsLinkEvenIfItsTargetIsNotThere) {
    const MadeMachine made;
    made.add(
        {.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684", .driver = "nouveau"});
    made.link("sys/devices/pci0000:00/0000:02:00.0/driver", "/sys/bus/pci/drivers/amdgpu");
    made.add({.address = "0000:02:00.0", .vendor = "0x1002", .device = "0x744c"});
    const Machine machine = probe_of(made);
    EXPECT_EQ((*machine.pci_devices)[0].driver.value_or(""), "nouveau");
    EXPECT_EQ((*machine.pci_devices)[1].driver.value_or(""), "amdgpu");
}

TEST(Pci, HasNoNumaNodeWhereTheFirmwareSaysMinusOne) {
    const MadeMachine made;
    made.add({.address = "0000:01:00.0", .vendor = "0x10de", .device = "0x2684"});
    made.add({.address = "0000:02:00.0", .vendor = "0x10de", .device = "0x2684", .numa_node = "1"});
    const Machine machine = probe_of(made);
    EXPECT_EQ((*machine.pci_devices)[0].numa_node.presence(), Presence::absent);
    EXPECT_EQ((*machine.pci_devices)[1].numa_node.value_or(-7), 1);
}

TEST(Pci, TellsAnEmptyBusFromNoBus) {
    const MadeMachine made;
    EXPECT_EQ(probe_of(made).pci_devices.presence(), Presence::absent);
    made.make_folder("sys/bus/pci/devices");
    const Machine machine = probe_of(made);
    ASSERT_TRUE(machine.pci_devices);
    EXPECT_TRUE(machine.pci_devices->empty());
}

}  // namespace
}  // namespace trilby
