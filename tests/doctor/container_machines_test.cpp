// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Findings about containers on healthy machines, and the effect of one changed fact.

#include <gtest/gtest.h>

#include "doctor/made_containers.hpp"

namespace trilby::doctor {
namespace {

using testing::healthy_container;
using testing::healthy_distrobox;
using testing::healthy_nvidia_host;
using testing::healthy_toolbx;
using testing::MadeFacts;

std::vector<std::string> ids_of(const MadeFacts& made) {
    std::vector<std::string> ids;
    const Diagnosis diagnosis = diagnose(made.machine);
    for (const auto* list : {&diagnosis.findings, &diagnosis.consequences}) {
        for (const Finding& finding : *list) {
            if (finding.family == "container" || finding.family == "system") {
                ids.push_back(finding.id);
            }
        }
    }
    return ids;
}

TEST(HealthyContainers, HaveNoFinding) {
    for (auto* const made :
         {healthy_nvidia_host, healthy_toolbx, healthy_distrobox, healthy_container,
          testing::healthy_two_cards, testing::healthy_cpu_machine}) {
        EXPECT_EQ(ids_of(made()), std::vector<std::string>());
    }
}

TEST(ContainerMachines, AHostWithoutContainerToolsHasNoFinding) {
    MadeFacts made = healthy_nvidia_host();
    testing::set_specifications(made, {});
    for (const char* path : {"/usr/bin/nvidia-ctk", "/usr/bin/podman", "/usr/bin/toolbox"}) {
        made.set_file(path, false);
    }
    made.remove_library("libcuda.so.1");
    EXPECT_EQ(ids_of(made), std::vector<std::string>());
}

TEST(ContainerMachines, ALibraryOfUnknownVersionHasNoFinding) {
    MadeFacts made = healthy_toolbx();
    made.machine.libraries = testing::fact(std::vector<LibraryFile>{
        {"libcuda.so.1", "/usr/lib64/libcuda.so.1", testing::missing<std::string>()},
        {"libnvidia-ml.so.1", "/usr/lib64/libnvidia-ml.so.1", testing::missing<std::string>()}});
    EXPECT_EQ(ids_of(made), std::vector<std::string>());
}

TEST(NarrowLinks, AreNotReportedInAVirtualMachine) {
    MadeFacts made = healthy_nvidia_host();
    PciDevice& device = made.device();
    device.link.width = testing::fact<std::uint32_t>(1);
    made.keep_devices();
    EXPECT_EQ(ids_of(made), std::vector<std::string>{"TRL-G016"});
    made.set_text("/sys/class/dmi/id/sys_vendor", "QEMU");
    EXPECT_EQ(ids_of(made), std::vector<std::string>());
}

}  // namespace
}  // namespace trilby::doctor
