// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// NVIDIA findings on whole machines, and the order of causes.

#include <algorithm>
#include <gtest/gtest.h>

#include "doctor/cases.hpp"
#include "support/test_files.hpp"

namespace trilby::doctor {
namespace {

using testing::fact;
using testing::healthy_nvidia_machine;
using testing::MadeFacts;

using Ids = std::vector<std::string>;

Ids nvidia_ids(const std::vector<Finding>& findings) {
    Ids ids;
    for (const Finding& finding : findings) {
        if (finding.id.starts_with("TRL-N")) {
            ids.push_back(finding.id);
        }
    }
    return ids;
}

Ids nvidia_ids(const MadeFacts& made) {
    return nvidia_ids(diagnose(made.machine).findings);
}

struct MadeMachine {
    const char* name;
    Ids found;
    Ids consequences;

    friend void PrintTo(const MadeMachine& machine, std::ostream* out) { *out << machine.name; }
};

class NvidiaMachines : public ::testing::TestWithParam<MadeMachine> {};

TEST_P(NvidiaMachines, HaveExactlyTheseFindings) {
    const auto tree = testing::made_machines() / (std::string("made-") + GetParam().name) / "tree";
    const Diagnosis diagnosis = diagnose(probe({.root = tree}));
    EXPECT_EQ(nvidia_ids(diagnosis.findings), GetParam().found);
    EXPECT_EQ(nvidia_ids(diagnosis.consequences), GetParam().consequences);
}

INSTANTIATE_TEST_SUITE_P(
    Made, NvidiaMachines,
    ::testing::Values(
        MadeMachine{"nvidia-laptop-hybrid", {}, {}},
        MadeMachine{"nvidia-server-8xh100-mig", {}, {}}, MadeMachine{"nvidia-gh200", {}, {}},
        MadeMachine{"nvidia-desktop-proprietary", {}, {}}, MadeMachine{"nvidia-container", {}, {}},
        MadeMachine{"nvidia-desktop-nouveau", {"TRL-N001"}, {}},
        MadeMachine{"nvidia-no-driver", {"TRL-N005"}, {"TRL-N004"}},
        MadeMachine{"distrobox-nvidia", {}, {}}, MadeMachine{"kubernetes-pod-limited", {}, {}},
        MadeMachine{"kubernetes-pod-cpu-only", {}, {}},
        MadeMachine{"mixed-nvidia-amd-intel", {}, {}}, MadeMachine{"vm-passthrough", {}, {}},
        MadeMachine{"wsl2", {}, {}}, MadeMachine{"toolbox-fedora", {}, {}},
        MadeMachine{"cpu-only-laptop", {}, {}}, MadeMachine{"amd-rx7900xtx", {}, {}}),
    [](const auto& made) {
        std::string name = made.param.name;
        std::ranges::replace(name, '-', '_');
        return name;
    });

TEST(NvidiaCauses, AHealthyMachineHasNoFindingAtAll) {
    const Diagnosis diagnosis = diagnose(healthy_nvidia_machine().machine);
    EXPECT_TRUE(diagnosis.findings.empty());
    EXPECT_TRUE(diagnosis.consequences.empty());
}

TEST(NvidiaCauses, AMissingBuildComesBeforeTheMissingDriver) {
    MadeFacts made = healthy_nvidia_machine();
    made.bind("");
    made.unload("nvidia");
    made.set_kernels({{.release = "6.18.5-200.fc43.x86_64", .has_modules = true}});
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N007"});
}

TEST(NvidiaCauses, AFailedBuildComesBeforeTheMissingDriver) {
    MadeFacts made = healthy_nvidia_machine();
    made.bind("");
    made.unload("nvidia");
    made.set_kernels(
        {{.release = "6.18.5-200.fc43.x86_64", .has_modules = true, .has_headers = true}});
    made.machine.environment.failed_builds =
        fact(std::vector<std::string>{"580.95.05-1.fc43-for-6.18.5-200.fc43.x86_64.failed.log"});
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N008"});
}

/// RPM Fusion's service loads nouveau if the kernel rejects NVIDIA's module.
TEST(NvidiaCauses, SecureBootComesBeforeNouveauAsAFallback) {
    MadeFacts made = healthy_nvidia_machine();
    made.bind("nouveau");
    made.unload("nvidia");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N005"});
    made.set_boot_parameters({});
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N017"});
}

/// A module that binds to no card exits at once, so it is not seen as loaded.
TEST(NvidiaCauses, AModuleThatDoesNotBindComesBeforeTheMissingDriver) {
    MadeFacts made = healthy_nvidia_machine();
    made.machine.kernel.secure_boot = fact(false);
    made.set_device_id(0x2b85);
    made.bind("");
    made.unload("nvidia");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N032"});
}

/// The kernel command line blocks nouveau, so it is only the fallback.
TEST(NvidiaCauses, AModuleThatDoesNotBindComesBeforeNouveauAsAFallback) {
    MadeFacts made = healthy_nvidia_machine();
    made.machine.kernel.secure_boot = fact(false);
    made.bind("nouveau");
    made.unload("nvidia");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N032"});
}

TEST(NvidiaCauses, AnUnsupportedCardComesBeforeSecureBoot) {
    MadeFacts made = healthy_nvidia_machine();
    made.bind("");
    made.unload("nvidia");
    made.set_device_id(0x1b80);
    made.remove_library("libnvidia-ml.so.1");
    made.add_library("/usr/lib64/libnvidia-ml.so.1", "595.45.04");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N012"});
}

TEST(NvidiaCauses, TheWrongModuleComesBeforeSecureBoot) {
    MadeFacts made = healthy_nvidia_machine();
    made.bind("");
    made.unload("nvidia");
    made.set_device_id(0x2b85);
    made.machine.environment.nvidia_module_flavor = fact<std::string>("proprietary");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N011"});
    made.set_device_id(0x1b80);
    made.machine.environment.nvidia_module_flavor = fact<std::string>("open");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N040"});
}

/// RPM Fusion's service loads nouveau if NVIDIA's module cannot be loaded.
TEST(NvidiaCauses, TheWrongModuleComesBeforeNouveauAsAFallback) {
    MadeFacts made = healthy_nvidia_machine();
    made.bind("nouveau");
    made.unload("nvidia");
    made.set_device_id(0x2b85);
    made.machine.environment.nvidia_module_flavor = fact<std::string>("proprietary");
    EXPECT_EQ(nvidia_ids(made), Ids{"TRL-N011"});
}

TEST(NvidiaCauses, OneCardThatWorksIsEnoughForLibTorch) {
    MadeFacts made = healthy_nvidia_machine();
    PciDevice second = made.device();
    second.address = "0000:02:00.0";
    second.device_id = fact<std::uint16_t>(0x1b80);
    auto devices = *made.machine.pci_devices;
    devices.push_back(second);
    made.machine.pci_devices = fact(devices);
    EXPECT_EQ(nvidia_ids(made), Ids{});
}

TEST(NvidiaCauses, ASleepingCardHasNoFinding) {
    MadeFacts made = healthy_nvidia_machine();
    made.device().power_state = fact<std::string>("D3cold");
    made.device().runtime_status = fact<std::string>("suspended");
    made.keep_devices();
    EXPECT_EQ(nvidia_ids(made), Ids{});
}

TEST(NvidiaCauses, A32BitLibraryDoesNotCount) {
    MadeFacts made = healthy_nvidia_machine();
    auto libraries = *made.machine.libraries;
    libraries.insert(libraries.begin(), {.name = "libcuda.so.1",
                                         .path = "/usr/lib/i386-linux-gnu/libcuda.so.1",
                                         .version = fact<std::string>("550.54.14")});
    made.machine.libraries = fact(libraries);
    EXPECT_EQ(nvidia_ids(made), Ids{});
}

TEST(NvidiaVariables, TheListEndsAtTheFirstInvalidEntry) {
    const auto is_found = [](const char* value) {
        MadeFacts made = healthy_nvidia_machine();
        made.set_variable("CUDA_VISIBLE_DEVICES", value);
        return nvidia_ids(made) == Ids{"TRL-N026"};
    };
    for (const char* value : {"", " ", "-1", "0,1", "0,-1", "NoDevFiles", "99999999999"}) {
        EXPECT_TRUE(is_found(value)) << value;
    }
    for (const char* value : {"0", " 0 ", "GPU-8f0c", "MIG-1/2/3", "0,GPU-8f0c,7", ","}) {
        EXPECT_FALSE(is_found(value)) << value;
    }
}

}  // namespace
}  // namespace trilby::doctor
