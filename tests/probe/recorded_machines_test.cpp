// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/recorded_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::RecordedMachine;

TEST(RecordedMachines, ReadsADesktopWithARadeon) {
    const RecordedMachine recorded("sysfs-ryzen1600-radeon");
    if (!recorded.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    const Machine machine = probe({.root = recorded.root()});
    EXPECT_EQ(machine.cpu.model.value_or(""), "AMD Ryzen 5 1600 Six-Core Processor");
    EXPECT_EQ(machine.cpu.logical_cpus_online.value_or(0), 12U);
    EXPECT_EQ(machine.cpu.isa_level.value_or(""), "x86-64-v3");
    EXPECT_EQ(machine.memory.total_bytes.value_or(0), 32777916ULL * 1024);
    ASSERT_TRUE(machine.pci_devices);
    ASSERT_EQ(machine.pci_devices->size(), 1U);
    EXPECT_EQ(machine.pci_devices->front().vendor_id.value_or(0), 0x1002);
    ASSERT_TRUE(machine.drm_nodes);
    EXPECT_EQ(machine.drm_nodes->front().pci_address.value_or(""),
              machine.pci_devices->front().address);
}

TEST(RecordedMachines, ReadsAHostWithAnAcceleratorThatIsNotAGpu) {
    const RecordedMachine recorded("sysfs-accel");
    if (!recorded.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    const Machine machine = probe({.root = recorded.root()});
    ASSERT_TRUE(machine.pci_devices);
    ASSERT_EQ(machine.pci_devices->size(), 2U);
    EXPECT_EQ(machine.pci_devices->back().class_code.value_or(0), 0x120000U);
    EXPECT_EQ(machine.pci_devices->back().driver.value_or(""), "fake_pci_driver");
    EXPECT_EQ(machine.cpu.isa_level.value_or(""), "x86-64-v4");
}

}  // namespace
}  // namespace trilby
