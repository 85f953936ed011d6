// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/device_kind.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/facts.hpp"

namespace trilby::validate {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using trilby::testing::fact;

constexpr std::uint16_t nvidia = 0x10de;
constexpr std::uint16_t amd = 0x1002;
constexpr const char* address = "0000:01:00.0";

PciDevice card(std::uint16_t vendor, const char* at = address) {
    PciDevice device;
    device.address = at;
    device.vendor_id = fact(vendor);
    device.device_id = fact<std::uint16_t>(0x2330);
    device.class_code = fact(0x030200U);
    return device;
}

Machine machine_with(const PciDevice& device) {
    Machine machine;
    machine.pci_devices = fact(std::vector{device});
    return machine;
}

/// Two GPU instances, one of which has two compute instances.
Machine machine_with_mig() {
    Machine machine = machine_with(card(nvidia));
    NvidiaGpu gpu;
    gpu.pci_address = address;
    gpu.mig_instances = fact(std::vector<MigInstance>{{1, {0}}, {2, {0, 1}}});
    machine.nvidia_gpus = fact(std::vector{gpu});
    return machine;
}

Machine machine_with_partitions(std::uint32_t count) {
    Machine machine = machine_with(card(amd));
    std::vector<KfdNode> nodes;
    for (std::uint32_t i = 0; i < count; ++i) {
        KfdNode node;
        node.pci_address = fact<std::string>(address);
        node.partition = fact(i);
        nodes.push_back(node);
    }
    machine.kfd_nodes = fact(nodes);
    return machine;
}

Subject subject_at(const char* at, const char* name = "made card") {
    Subject subject;
    subject.device_name = name;
    subject.pci_address = at;
    return subject;
}

TEST(DeviceKind, ADeviceOfTheCpuBackendIsACpu) {
    EXPECT_EQ(device_kind(Machine{}, {.backend = "cpu"}), DeviceKind::cpu);
    EXPECT_EQ(device_kind(Machine{}, {.backend = "cuda"}), DeviceKind::card);
}

TEST(DeviceKind, ACardIsWholeUnlessItIsDivided) {
    EXPECT_EQ(device_kind(machine_with(card(nvidia)), subject_at(address)), DeviceKind::card);
    EXPECT_EQ(device_kind(Machine{}, subject_at(address)), DeviceKind::card);
}

TEST(DeviceKind, AMigInstanceIsKnownByTheDriverOrByItsName) {
    EXPECT_EQ(device_kind(machine_with_mig(), subject_at(address)), DeviceKind::mig_instance);
    EXPECT_EQ(device_kind(Machine{}, subject_at(address, "NVIDIA A100-SXM4-40GB MIG 1g.5gb")),
              DeviceKind::mig_instance);
}

TEST(DeviceKind, AMigInstanceIsKnownByItsUuid) {
    Subject subject = subject_at(address);
    subject.uuid = "GPU-5d1f0d1e";
    EXPECT_EQ(device_kind(Machine{}, subject), DeviceKind::card);
    subject.uuid = "MIG-9c2b6a1f";
    EXPECT_EQ(device_kind(Machine{}, subject), DeviceKind::mig_instance);
}

TEST(DeviceKind, PartsOfACardShareIt) {
    EXPECT_TRUE(shares_its_card(machine_with_mig(), subject_at(address)));
    EXPECT_TRUE(shares_its_card(machine_with_partitions(8), subject_at(address)));
    EXPECT_FALSE(shares_its_card(machine_with(card(nvidia)), subject_at(address)));
    EXPECT_FALSE(shares_its_card(Machine{}, {.backend = "cpu"}));
}

TEST(DeviceKind, APartitionIsKnownByTheComputeDriver) {
    EXPECT_EQ(device_kind(machine_with_partitions(8), subject_at(address)), DeviceKind::partition);
}

TEST(DeviceKind, AVirtualFunctionIsKnownByItsCard) {
    PciDevice function = card(amd);
    function.physical_function = fact<std::string>("0000:00:00.0");
    EXPECT_EQ(device_kind(machine_with(function), subject_at(address)),
              DeviceKind::virtual_function);
}

TEST(UnseenCards, ACardThatADeviceStandsForIsSeen) {
    EXPECT_THAT(unseen_cards(machine_with(card(nvidia)), "cuda", {subject_at(address)}), IsEmpty());
}

TEST(UnseenCards, ACardThatTheBackendDoesNotShowIsReported) {
    const auto unseen = unseen_cards(machine_with(card(nvidia)), "cuda", {});
    ASSERT_THAT(unseen, SizeIs(1));
    EXPECT_EQ(unseen[0].address, address);
    EXPECT_THAT(unseen[0].message, HasSubstr("does not show"));
}

TEST(UnseenCards, CardsOfOtherBackendsAndThoseNotForProgramsAreNotMissed) {
    EXPECT_THAT(unseen_cards(machine_with(card(amd)), "cuda", {}), IsEmpty());
    PciDevice set_aside = card(nvidia);
    set_aside.driver = fact<std::string>("vfio-pci");
    EXPECT_THAT(unseen_cards(machine_with(set_aside), "cuda", {}), IsEmpty());
    PciDevice divided = card(nvidia);
    divided.virtual_functions = fact(4U);
    EXPECT_THAT(unseen_cards(machine_with(divided), "cuda", {}), IsEmpty());
    PciDevice old = card(nvidia);
    old.device_id = fact<std::uint16_t>(0x0100);
    EXPECT_THAT(unseen_cards(machine_with(old), "cuda", {}), IsEmpty());
}

TEST(UnseenCards, TheOtherMigInstancesAreReported) {
    const auto unseen = unseen_cards(machine_with_mig(), "cuda", {subject_at(address)});
    ASSERT_THAT(unseen, SizeIs(1));
    EXPECT_EQ(unseen[0].message, "1 of its 3 MIG instances validated");
    EXPECT_THAT(unseen[0].remedy, HasSubstr("CUDA_VISIBLE_DEVICES"));
}

TEST(UnseenCards, ACardThatOnlyShowsPicturesIsNotMissed) {
    PciDevice apu = card(amd);
    apu.device_id = fact<std::uint16_t>(0x164e);  // Raphael
    EXPECT_THAT(unseen_cards(machine_with(apu), "rocm", {}), IsEmpty());
}

TEST(UnseenCards, AllPartitionsMustBeSeen) {
    const Machine machine = machine_with_partitions(2);
    EXPECT_THAT(unseen_cards(machine, "rocm", {subject_at(address), subject_at(address)}),
                IsEmpty());
    const auto unseen = unseen_cards(machine, "rocm", {subject_at(address)});
    ASSERT_THAT(unseen, SizeIs(1));
    EXPECT_EQ(unseen[0].message, "1 of its 2 partitions validated");
}

}  // namespace
}  // namespace trilby::validate
