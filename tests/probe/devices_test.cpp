// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probe/probe_of.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using testing::MadeMachine;
using testing::probe_of;

TEST(Drm, JoinsNodesToPciDevicesInNumericOrder) {
    const MadeMachine made;
    made.make_folder("dev");
    made.add_drm_node("card10", "0000:0a:00.0");
    made.add_drm_node("card2", "0000:03:00.0/virtio0");
    made.make_folder("sys/class/drm/card2-DP-1");
    made.write("sys/class/drm/version", "drm 1.1.0");
    const Machine machine = probe_of(made);
    ASSERT_TRUE(machine.drm_nodes);
    EXPECT_THAT(*machine.drm_nodes,
                ElementsAre(Field(&DrmNode::name, "card2"), Field(&DrmNode::name, "card10")));
    EXPECT_EQ((*machine.drm_nodes)[0].pci_address.value_or(""), "0000:03:00.0");
    EXPECT_EQ((*machine.drm_nodes)[1].pci_address.value_or(""), "0000:0a:00.0");
}

TEST(Drm, HasNoPciAddressForVirtualCards) {
    const MadeMachine made;
    made.make_folder("sys/devices/platform/vkms/drm/card0");
    made.link("sys/class/drm/card0", "../../devices/platform/vkms/drm/card0");
    EXPECT_EQ(probe_of(made).drm_nodes->front().pci_address.presence(), Presence::absent);
}

TEST(DeviceNodes, ListsTheNodesThatComputingNeeds) {
    const MadeMachine made;
    for (const char* name :
         {"kfd", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-modeset", "sda"}) {
        made.write(std::string("dev/") + name, "");
    }
    const Machine machine = probe_of(made);
    EXPECT_THAT(*machine.device_nodes, ElementsAre(Field(&DeviceNode::path, "/dev/kfd"),
                                                   Field(&DeviceNode::path, "/dev/nvidia-uvm"),
                                                   Field(&DeviceNode::path, "/dev/nvidia1"),
                                                   Field(&DeviceNode::path, "/dev/nvidiactl")));
}

TEST(DeviceNodes, DoesNotCheckAccessToARecordedNode) {
    const MadeMachine made;
    made.write("dev/kfd", "");
    const DeviceNode node = probe_of(made).device_nodes->front();
    EXPECT_TRUE(node.mode);
    EXPECT_FALSE(node.may_open);
}

TEST(DeviceNodes, ADeniedNodeIsNotMissing) {
    const MadeMachine made;
    made.write("dev/null", "");
    made.write("sys/class/drm/renderD128/dev", "226:128");
    made.write(
        "trilby-recording.json",
        R"({"recording": 1, "answers": {}, "statuses": {}, "denied": ["/dev/kfd", "/dev/dri"]})");
    const Machine machine = probe_of(made);
    ASSERT_THAT(*machine.device_nodes, ElementsAre(Field(&DeviceNode::path, "/dev/kfd")));
    EXPECT_EQ(machine.device_nodes->front().mode.presence(), Presence::denied);
    EXPECT_EQ(machine.drm_nodes->front().node.presence(), Presence::denied);
}

TEST(Drivers, ReadsVersionAndFlavourOfNvidia) {
    const MadeMachine made;
    made.write("sys/module/nvidia/version", "580.65.06\n");
    made.make_folder("sys/module/amdgpu");
    made.make_folder("sys/module/ext4");
    made.write("proc/driver/nvidia/version",
               "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release\n");
    const Machine machine = probe_of(made);
    ASSERT_EQ(machine.drivers->size(), 2U);
    const KernelDriver& nvidia = machine.drivers->front();
    EXPECT_EQ(nvidia.name, "nvidia");
    EXPECT_EQ(nvidia.version.value_or(""), "580.65.06");
    EXPECT_EQ(nvidia.flavour.value_or(""), "open");
    EXPECT_EQ(machine.drivers->back().version.presence(), Presence::absent);
}

TEST(Drivers, RecognizesTheProprietaryModule) {
    const MadeMachine made;
    made.make_folder("sys/module/nvidia");
    made.write("proc/driver/nvidia/version",
               "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19\n");
    EXPECT_EQ(probe_of(made).drivers->front().flavour.value_or(""), "proprietary");
}

}  // namespace
}  // namespace trilby
