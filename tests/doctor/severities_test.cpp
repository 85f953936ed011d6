// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Severities that depend on the machine.

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>

#include "doctor/made_containers.hpp"

namespace trilby::doctor {
namespace {

using testing::fact;
using testing::MadeFacts;
using testing::missing;

std::optional<Severity> severity_of(const MadeFacts& made, const char* id) {
    const Diagnosis diagnosis = diagnose(made.machine);
    for (const auto* list : {&diagnosis.findings, &diagnosis.consequences}) {
        const auto found = std::ranges::find(*list, id, &Finding::id);
        if (found != list->end()) {
            return found->severity;
        }
    }
    return std::nullopt;
}

/// A Podman container without device nodes, on a host with an AMD card.
MadeFacts container_without_nodes() {
    MadeFacts made = testing::healthy_container();
    made.machine.device_nodes = fact(std::vector<DeviceNode>(), "/dev");
    made.machine.drm_nodes = fact(std::vector<DrmNode>(), "/sys/class/drm");
    return made;
}

void set_flavour(MadeFacts& made, const char* flavour) {
    LibTorch libtorch = made.machine.libtorch->front();
    libtorch.flavour = fact<std::string>(flavour);
    made.machine.libtorch = fact(std::vector{libtorch}, "/usr/lib");
}

TEST(Severities, MissingNodesAreAHintInAContainerForTheCpu) {
    MadeFacts made = container_without_nodes();
    EXPECT_EQ(severity_of(made, "TRL-C013"), Severity::hint);
    set_flavour(made, "rocm");
    EXPECT_EQ(severity_of(made, "TRL-C013"), Severity::blocks);
    set_flavour(made, "cuda");
    EXPECT_EQ(severity_of(made, "TRL-C013"), Severity::hint) << "the card is AMD's";
}

TEST(Severities, MissingNodesBlockAContainerThatAsksForAnNvidiaCard) {
    MadeFacts made = container_without_nodes();
    made.machine.pci_devices = fact(std::vector<PciDevice>(), "/sys/bus/pci/devices");
    testing::add_nvidia_card(made);
    EXPECT_EQ(severity_of(made, "TRL-C013"), Severity::hint);
    for (const char* value : {"void", "none", ""}) {
        made.set_variable("NVIDIA_VISIBLE_DEVICES", value);
        EXPECT_EQ(severity_of(made, "TRL-C013"), Severity::hint) << value;
    }
    made.set_variable("NVIDIA_VISIBLE_DEVICES", "all");
    EXPECT_EQ(severity_of(made, "TRL-C013"), Severity::blocks);
}

TEST(Severities, TheHostsMissingDriverIsAHintInAContainer) {
    for (const auto& [driver, id] :
         {std::pair("nouveau", "TRL-N001"), {"nova_core", "TRL-N002"}, {"", "TRL-N004"}}) {
        MadeFacts made = testing::healthy_nvidia_machine();
        made.bind(driver);
        EXPECT_EQ(severity_of(made, id), Severity::blocks);
        made.machine.device_nodes = fact(std::vector<DeviceNode>(), "/dev");
        set_flavour(made, "cpu");
        made.machine.container.kind = fact(ContainerKind::docker);
        EXPECT_EQ(severity_of(made, id), Severity::hint);
        made.machine.container.kind = fact(ContainerKind::toolbx);
        EXPECT_EQ(severity_of(made, id), Severity::blocks) << "Toolbx provides the host's devices";
    }
}

/// A card that is bound to amdgpu but that the compute driver skips.
MadeFacts left_out_card() {
    MadeFacts made = testing::healthy_amd_machine();
    made.machine.kfd_nodes = fact(std::vector<KfdNode>(), "/sys/class/kfd/kfd/topology/nodes");
    return made;
}

TEST(Severities, ASkippedCardIsAHintInAContainer) {
    MadeFacts made = left_out_card();
    EXPECT_EQ(severity_of(made, "TRL-A007"), Severity::blocks);
    made.machine.container.kind = fact(ContainerKind::kubernetes);
    EXPECT_EQ(severity_of(made, "TRL-A007"), Severity::blocks) << "it was given /dev/kfd";
    made.remove_node("/dev/kfd");
    set_flavour(made, "cpu");
    EXPECT_EQ(severity_of(made, "TRL-A007"), Severity::hint);
}

TEST(Severities, NoAmdConditionBlocksBesideAWorkingNvidiaCard) {
    for (const bool is_closed : {false, true}) {
        MadeFacts made = is_closed ? testing::healthy_amd_machine() : left_out_card();
        if (is_closed) {
            made.remove_node("/dev/kfd");
            made.add_node("/dev/kfd", false);
        }
        const char* id = is_closed ? "TRL-A004" : "TRL-A007";
        EXPECT_EQ(severity_of(made, id), Severity::blocks);
        testing::add_nvidia_card(made);
        EXPECT_EQ(severity_of(made, id), Severity::degrades);
    }
}

/// Integrated graphics are not used for computing beside a card.
TEST(Severities, AnApuIsNotReportedBesideAWorkingNvidiaCard) {
    MadeFacts made = testing::healthy_strix_halo();
    made.remove_node("/dev/kfd");
    made.add_node("/dev/kfd", false);
    EXPECT_EQ(severity_of(made, "TRL-A004"), Severity::blocks);
    testing::add_nvidia_card(made);
    EXPECT_EQ(severity_of(made, "TRL-A004"), std::nullopt);
}

}  // namespace
}  // namespace trilby::doctor
