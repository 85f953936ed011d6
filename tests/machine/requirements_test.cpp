// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/requirements.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby {
namespace {

using testing::fact;

PciDevice card(std::uint16_t vendor_id, std::uint16_t device_id, const std::string& driver) {
    PciDevice made;
    made.address = "0000:01:00.0";
    made.vendor_id = fact(vendor_id);
    made.device_id = fact(device_id);
    made.driver = fact(driver);
    return made;
}

/// An RTX 4090 whose driver is loaded, without device nodes.
Machine nvidia_machine() {
    Machine made;
    made.container.kind = fact(ContainerKind::none);
    made.pci_devices = fact(std::vector{card(0x10de, 0x2684, "nvidia")});
    made.drivers = fact(std::vector{KernelDriver{.name = "nvidia", .version = {}, .flavour = {}}});
    made.device_nodes = fact(std::vector<DeviceNode>());
    made.libraries = fact(std::vector<LibraryFile>());
    return made;
}

/// An RX 7900 XTX that the compute driver does not list.
Machine amd_machine() {
    Machine made;
    made.pci_devices = fact(std::vector{card(0x1002, 0x744c, "amdgpu")});
    made.kfd_nodes = fact(std::vector<KfdNode>());
    return made;
}

KfdNode kfd_node(const Observed<std::string>& target) {
    KfdNode made;
    made.gfx_target = target;
    made.simd_count = target ? fact<std::uint32_t>(192)
                             : Observed<std::uint32_t>::missing(target.presence(), "/made");
    made.pci_address = target ? fact<std::string>("0000:01:00.0") : target;
    return made;
}

Answer answer(const std::vector<Requirement>& requirements, std::string_view id) {
    return std::ranges::find(requirements, id, &Requirement::id)->answer;
}

TEST(CudaRequirements, NodesThatAppearOnFirstUseAreNotMissed) {
    Machine machine = nvidia_machine();
    for (const char* id : {"nvidia-control-node", "nvidia-device-node", "nvidia-uvm-node"}) {
        EXPECT_EQ(answer(cuda_requirements(machine), id), Answer::unknown) << id;
    }
    machine.environment.files = {{"/usr/bin/nvidia-modprobe", fact(false)}};
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-uvm-node"), Answer::missed);
    machine.environment.files = {{"/usr/bin/nvidia-modprobe", fact(true)}};
    machine.container.kind = fact(ContainerKind::podman);
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-uvm-node"), Answer::missed)
        << "a container cannot create a node";
}

TEST(CudaRequirements, ANodeWhosePermissionsAreDeniedIsUnknown) {
    Machine machine = nvidia_machine();
    DeviceNode node;
    node.path = "/dev/nvidiactl";
    node.mode = Observed<std::uint32_t>::missing(Presence::denied, node.path);
    machine.device_nodes = fact(std::vector{node});
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-control-node"), Answer::unknown);
}

TEST(CudaRequirements, ALoadedDriverMustBeBoundToACard) {
    Machine machine = nvidia_machine();
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-driver"), Answer::met);
    machine.pci_devices = fact(std::vector{card(0x10de, 0x2684, "nouveau")});
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-driver"), Answer::missed);
}

TEST(CudaRequirements, AContainerMayHaveTheLibraryElsewhere) {
    Machine machine = nvidia_machine();
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-cuda-library"), Answer::missed);
    machine.container.kind = fact(ContainerKind::kubernetes);
    EXPECT_EQ(answer(cuda_requirements(machine), "nvidia-cuda-library"), Answer::unknown);
}

TEST(RocmRequirements, TheComputeDriverMustListTheGpuToComputeWith) {
    Machine machine = amd_machine();
    EXPECT_EQ(answer(rocm_requirements(machine), "kfd-gpu"), Answer::missed);
    machine.kfd_nodes = fact(std::vector{kfd_node(fact<std::string>("gfx1036"))});
    EXPECT_EQ(answer(rocm_requirements(machine), "kfd-gpu"), Answer::missed)
        << "these are the integrated graphics";
    machine.kfd_nodes = fact(std::vector{kfd_node(fact<std::string>("gfx1100"))});
    EXPECT_EQ(answer(rocm_requirements(machine), "kfd-gpu"), Answer::met);
}

TEST(RocmRequirements, AnUnreadableGpuIsUnknownUnlessAContainerHidesIt) {
    Machine machine = amd_machine();
    machine.kfd_nodes =
        fact(std::vector{kfd_node(Observed<std::string>::missing(Presence::denied, "/made"))});
    EXPECT_EQ(answer(rocm_requirements(machine), "kfd-gpu"), Answer::unknown);
    machine.container.kind = fact(ContainerKind::podman);
    EXPECT_EQ(answer(rocm_requirements(machine), "kfd-gpu"), Answer::missed);
}

TEST(Obstacles, AreEmptyWithoutADevice) {
    Machine machine = nvidia_machine();
    EXPECT_FALSE(obstacles(cuda_requirements(machine)).empty());
    machine.pci_devices = fact(std::vector<PciDevice>());
    EXPECT_TRUE(obstacles(cuda_requirements(machine)).empty());
    EXPECT_TRUE(obstacles(cuda_requirements(Machine())).empty());
}

}  // namespace
}  // namespace trilby
