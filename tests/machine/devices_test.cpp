// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/devices.hpp"

#include <gtest/gtest.h>

#include "machine/device_requirements.hpp"
#include "machine/pci_vendors.hpp"
#include "support/facts.hpp"

namespace trilby {
namespace {

using testing::fact;

constexpr GpuVendor nvidia{.name = "NVIDIA", .id = pci_vendor::nvidia, .driver = "nvidia"};

PciDevice device_of_unknown_class(std::uint16_t vendor) {
    PciDevice device;
    device.address = "0000:01:00.0";
    device.class_code = Observed<std::uint32_t>::missing(Presence::malformed, "/class");
    device.vendor_id = fact(vendor);
    device.device_id = fact<std::uint16_t>(0x2684);
    return device;
}

Machine machine_with(const PciDevice& device) {
    Machine machine;
    machine.pci_devices = fact(std::vector{device});
    return machine;
}

Answer has_nvidia(const PciDevice& device) {
    return device_present(machine_with(device), "device", nvidia).answer;
}

TEST(UnknownClass, LeavesOpenWhetherThereIsAGpu) {
    EXPECT_EQ(has_nvidia(device_of_unknown_class(pci_vendor::nvidia)), Answer::unknown);
    EXPECT_EQ(has_nvidia(device_of_unknown_class(pci_vendor::amd)), Answer::missed);
    PciDevice unknown_vendor = device_of_unknown_class(0);
    unknown_vendor.vendor_id = {};
    EXPECT_EQ(has_nvidia(unknown_vendor), Answer::unknown);
}

TEST(UnknownClass, IsAGpuIfItsDriverIs) {
    PciDevice device = device_of_unknown_class(pci_vendor::nvidia);
    for (const char* driver : {"nvidia", "nouveau"}) {
        device.driver = fact<std::string>(driver);
        EXPECT_EQ(devices_of(machine_with(device), pci_vendor::nvidia).size(), 1U) << driver;
        EXPECT_EQ(has_nvidia(device), Answer::met) << driver;
    }
}

TEST(UnknownClass, MayBeAGpuIfItsVendorMakesThem) {
    PciDevice device = device_of_unknown_class(pci_vendor::nvidia);
    EXPECT_TRUE(may_be_gpu(device));
    EXPECT_FALSE(is_known_to_compute(device));
    EXPECT_TRUE(devices_of(machine_with(device), pci_vendor::nvidia).empty());
    device.driver = fact<std::string>("snd_hda_intel");
    EXPECT_FALSE(may_be_gpu(device));
    device = device_of_unknown_class(pci_vendor::amd);
    device.address = "0000:01:00.1";
    EXPECT_FALSE(may_be_gpu(device));
    EXPECT_FALSE(may_be_gpu(device_of_unknown_class(pci_vendor::intel)));
}

TEST(Permissions, AreShownOnlyIfAllAreKnown) {
    DeviceNode node{.path = "/dev/kfd", .mode = fact(0660U), .owner_id = fact(0U)};
    EXPECT_EQ(permissions_of(node), "permissions unknown");
    node.group_id = fact(39U);
    EXPECT_EQ(permissions_of(node), "mode 0660, owner 0, group 39");
}

TEST(UnknownClass, IsNotAVirtualDisplay) {
    EXPECT_FALSE(is_virtual_display(device_of_unknown_class(0x1af4)));
}

}  // namespace
}  // namespace trilby
