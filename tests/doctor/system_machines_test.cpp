// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Container and system findings on the machines of tests/machines.

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "doctor/condition.hpp"
#include "support/test_files.hpp"

namespace trilby::doctor {
namespace {

namespace fs = std::filesystem;
using Ids = std::set<std::string>;

/// The ids of container and system findings, including consequences.
Ids ids_of(const fs::path& root) {
    Ids ids;
    const Diagnosis diagnosis = diagnose(probe({.root = root}));
    for (const auto* list : {&diagnosis.findings, &diagnosis.consequences}) {
        for (const Finding& finding : *list) {
            if (finding.family == "container" || finding.family == "system") {
                ids.insert(finding.id);
            }
        }
    }
    return ids;
}

const std::map<std::string, Ids>& expected() {
    static const std::map<std::string, Ids> machines{
        {"made-amd-half-hidden-container", {}},
        {"made-amd-kfd-no-permission", {}},
        {"made-amd-mi210x8", {}},
        {"made-amd-mi300x-cpx", {}},
        {"made-amd-mi300x-spx", {}},
        {"made-amd-rx7900xtx", {}},
        {"made-amd-rx9070xt", {}},
        {"made-amd-strix-halo", {}},
        {"made-amd-vega64", {}},
        {"made-arm-server-no-gpu", {}},
        {"made-cgroup-v1-limited", {}},
        {"made-cpu-only-laptop", {}},
        {"made-distrobox-nvidia", {}},
        {"made-intel-arc-b580", {}},
        {"made-intel-npu", {}},
        {"made-kubernetes-pod-cpu-only", {"TRL-C013"}},
        {"made-kubernetes-pod-limited", {}},
        {"made-mixed-nvidia-amd-intel", {}},
        {"made-nvidia-container", {}},
        {"made-nvidia-desktop-nouveau", {}},
        {"made-nvidia-desktop-proprietary", {}},
        {"made-nvidia-gh200", {}},
        {"made-nvidia-laptop-hybrid", {}},
        {"made-nvidia-no-driver", {}},
        {"made-nvidia-server-8xh100-mig", {}},
        {"made-toolbox-fedora", {}},
        {"made-vm-passthrough", {}},
        {"made-wsl2", {"TRL-C025"}},
    };
    return machines;
}

class SystemMachines : public ::testing::TestWithParam<std::string> {};

TEST_P(SystemMachines, HaveTheseFindingsAndNoOthers) {
    const auto machine = expected().find(GetParam());
    ASSERT_NE(machine, expected().end()) << "add this machine to expected()";
    EXPECT_EQ(ids_of(testing::made_machines() / GetParam() / "tree"), machine->second);
}

std::vector<std::string> machine_names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(testing::made_machines())) {
        if (entry.is_directory()) {
            names.push_back(entry.path().filename().string());
        }
    }
    return names;
}

INSTANTIATE_TEST_SUITE_P(All, SystemMachines, ::testing::ValuesIn(machine_names()),
                         [](const auto& made) {
                             std::string name = made.param;
                             std::ranges::replace(name, '-', '_');
                             return name;
                         });

}  // namespace
}  // namespace trilby::doctor
