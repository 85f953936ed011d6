// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Findings on the synthetic machines with AMD GPUs, and on healthy ones.

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "doctor/made_facts.hpp"
#include "support/test_files.hpp"

namespace trilby::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// The ids of all findings about AMD GPUs, including consequences.
std::vector<std::string> amd_ids(const Diagnosis& diagnosis) {
    std::vector<std::string> ids;
    for (const auto* list : {&diagnosis.findings, &diagnosis.consequences}) {
        for (const Finding& finding : *list) {
            if (finding.family == "amd") {
                ids.push_back(finding.id);
            }
        }
    }
    return ids;
}

std::vector<std::string> ids_on(const std::string& machine) {
    const std::filesystem::path tree = testing::made_machines() / ("made-" + machine) / "tree";
    EXPECT_TRUE(std::filesystem::exists(tree)) << tree;
    return amd_ids(diagnose(probe({.root = tree})));
}

TEST(AmdMachines, HealthyMachinesHaveNoFinding) {
    EXPECT_THAT(amd_ids(diagnose(testing::healthy_amd_machine().machine)), IsEmpty());
    EXPECT_THAT(amd_ids(diagnose(testing::healthy_strix_halo().machine)), IsEmpty());
    EXPECT_THAT(amd_ids(diagnose(testing::healthy_cpu_machine().machine)), IsEmpty());
}

TEST(AmdMachines, WorkingCardsHaveNoFinding) {
    for (const char* machine : {"amd-rx7900xtx", "amd-rx9070xt", "amd-mi210x8", "amd-mi300x-spx",
                                "amd-mi300x-cpx", "toolbox-fedora"}) {
        EXPECT_THAT(ids_on(machine), IsEmpty()) << machine;
    }
}

TEST(AmdMachines, AContainerWithHalfOfTheCardsHasNoFinding) {
    EXPECT_THAT(ids_on("amd-half-hidden-container"), IsEmpty());
}

TEST(AmdMachines, ACardBesideAnNvidiaCardHasNoFinding) {
    EXPECT_THAT(ids_on("mixed-nvidia-amd-intel"), IsEmpty());
}

TEST(AmdMachines, ADeprecatedParameterIsAHint) {
    EXPECT_THAT(ids_on("amd-strix-halo"), ElementsAre("TRL-A017"));
}

TEST(AmdMachines, AnInaccessibleDeviceNodeIsReported) {
    EXPECT_THAT(ids_on("amd-kfd-no-permission"), ElementsAre("TRL-A004"));
    EXPECT_THAT(ids_on("amd-vega64"), ElementsAre("TRL-A004"));
}

TEST(AmdMachines, MachinesWithoutAmdHaveNoFinding) {
    const std::filesystem::path machines = testing::made_machines();
    std::size_t tried = 0;
    for (const auto& entry : std::filesystem::directory_iterator(machines)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("made-") || name.starts_with("made-amd-")) {
            continue;
        }
        EXPECT_THAT(amd_ids(diagnose(probe({.root = entry.path() / "tree"}))), IsEmpty()) << name;
        ++tried;
    }
    EXPECT_GE(tried, 10U);
}

/// Whether a machine with two GPUs has the finding that some are hidden.
bool hides_with(const char* rocr, const char* hip, const char* cuda = nullptr) {
    testing::MadeFacts made = testing::healthy_amd_machine();
    testing::add_like_first<KfdNode>(made.machine.kfd_nodes, [](KfdNode& node) {
        node.number = 2;
        node.pci_address = testing::fact<std::string>("0000:43:00.0");
    });
    for (const auto& [name, value] : {std::pair("ROCR_VISIBLE_DEVICES", rocr),
                                      {"HIP_VISIBLE_DEVICES", hip},
                                      {"CUDA_VISIBLE_DEVICES", cuda}}) {
        if (value != nullptr) {
            made.set_variable(name, value);
        }
    }
    const auto ids = amd_ids(diagnose(made.machine));
    return std::ranges::find(ids, "TRL-A036") != ids.end();
}

TEST(VisibleDevices, AreParsedAsTheRuntimesParseThem) {
    EXPECT_FALSE(hides_with("0,1", nullptr));
    EXPECT_FALSE(hides_with("1", "0"));
    EXPECT_TRUE(hides_with("1", "1")) << "the one that is left is number 0";
    EXPECT_TRUE(hides_with("", nullptr));
    EXPECT_TRUE(hides_with("-1", nullptr));
    EXPECT_TRUE(hides_with("0,5", nullptr));
    EXPECT_FALSE(hides_with("0,-1", nullptr)) << "-1 ends the list on purpose";
    EXPECT_FALSE(hides_with("0,1,2,3", nullptr)) << "the list contains both";
    EXPECT_FALSE(hides_with("GPU-4b2c1a9f8d3e6f7a", "7"));
    EXPECT_FALSE(hides_with(nullptr, "", ""));
    EXPECT_TRUE(hides_with(nullptr, "", "2")) << "HIP reads it if its own is empty";
    EXPECT_FALSE(hides_with(nullptr, "0", "2"));
}

TEST(AmdMachines, OneCauseIsReportedOnce) {
    testing::MadeFacts made = testing::healthy_amd_machine();
    made.set_boot_parameters({"nomodeset"});
    testing::change<PciDevice>(made.machine.pci_devices, [](PciDevice& device) {
        device.driver = testing::missing<std::string>();
    });
    made.machine.kfd_nodes = testing::missing<std::vector<KfdNode>>();
    made.remove_node("/dev/kfd");
    made.set_file("/sys/class/kfd", false);
    const Diagnosis diagnosis = diagnose(made.machine);
    ASSERT_FALSE(diagnosis.findings.empty());
    EXPECT_EQ(diagnosis.findings.front().id, "TRL-A002");
    EXPECT_THAT(amd_ids(diagnosis), ElementsAre("TRL-A002", "TRL-A001", "TRL-A003"));
    EXPECT_EQ(diagnosis.consequences.size(), 2U);
}

}  // namespace
}  // namespace trilby::doctor
