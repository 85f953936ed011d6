// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The selection and the doctor say the same about every machine: a card that is there and cannot
/// be used has a finding, and a card that can be used has none that blocks.

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>

#include "doctor/all_machines.hpp"
#include "doctor/cases.hpp"
#include "doctor/facts.hpp"
#include "machine/amd.hpp"
#include "machine/devices.hpp"
#include "machine/nvidia.hpp"
#include "machine/pci_vendors.hpp"
#include "machine/requirements.hpp"
#include "support/recorded_machine.hpp"
#include <trilby/doctor.hpp>
#include <trilby/selection.hpp>

namespace trilby {
namespace {

using testing::RecordedMachine;

struct Vendor {
    const char* backend;
    const char* family;
    std::uint16_t id;
    std::vector<Requirement> (*requirements)(const Machine& machine);
    /// A finding must block if the device cannot be used.
    bool (*is_for_computing)(const Machine& machine);
};

bool has_cuda_card(const Machine& machine) {
    return std::ranges::any_of(nvidia_cards(machine),
                               [](const PciDevice* card) { return !is_set_aside(*card); });
}

bool has_rocm_card(const Machine& machine) {
    return std::ranges::any_of(amd_compute_devices(machine),
                               [](const PciDevice* card) { return !is_set_aside(*card); });
}

constexpr std::array vendors{
    Vendor{"cuda", "nvidia", pci_vendor::nvidia, cuda_requirements, has_cuda_card},
    Vendor{"rocm", "amd", pci_vendor::amd, rocm_requirements, has_rocm_card}};

/// The manifests of every backend, so that only the machine decides.
BackendFolder every_backend() {
    std::vector<InstalledBackend> installed;
    for (const std::string name : {"cuda", "rocm", "cpu"}) {
        installed.push_back(
            {"/made/trilby-backend-" + name + ".json", name,
             Manifest{name, "trilby-backend-" + name + ".so", 1, "0.1.0", "2.9.0"}});
    }
    return BackendFolder::present(std::move(installed), "/made");
}

/// The findings of the family, and, for what keeps a device away, of containers.
std::vector<Finding> findings_of(const Machine& machine, const Vendor& vendor) {
    const Diagnosis diagnosis = diagnose(machine);
    std::vector<Finding> found;
    for (const auto* list : {&diagnosis.findings, &diagnosis.consequences}) {
        std::ranges::copy_if(*list, std::back_inserter(found), [&](const Finding& finding) {
            return finding.family == vendor.family || finding.family == "container";
        });
    }
    return found;
}

/// Integrated graphics beside a working NVIDIA card, or cards that a virtual machine uses.
bool is_unused_on_purpose(const Machine& machine, const Vendor& vendor) {
    const auto devices = devices_of(machine, vendor.id);
    const bool is_integrated = vendor.id == pci_vendor::amd &&
                               amd_compute_devices(machine).empty() &&
                               has_working_nvidia_device(machine);
    return is_integrated || std::ranges::all_of(devices, [](const PciDevice* device) {
               return is_set_aside(*device);
           });
}

/// The severity that says that the device cannot be used.
Severity sufficient_severity(const Machine& machine, const Vendor& vendor) {
    if (!vendor.is_for_computing(machine) ||
        !doctor::is_meant_to_compute(doctor::Facts(machine), vendor.id)) {
        return Severity::hint;
    }
    return has_working_nvidia_device(machine) && vendor.id == pci_vendor::amd ? Severity::degrades
                                                                              : Severity::blocks;
}

void expect_an_explanation(const Machine& machine, const Vendor& vendor) {
    const auto missed = obstacles(vendor.requirements(machine));
    if (missed.empty() || is_unused_on_purpose(machine, vendor)) {
        return;
    }
    const Severity sufficient = sufficient_severity(machine, vendor);
    const auto findings = findings_of(machine, vendor);
    EXPECT_TRUE(std::ranges::any_of(
        findings, [&](const Finding& finding) { return finding.severity <= sufficient; }))
        << vendor.backend << ": " << missed.front();
}

void expect_no_blocking_finding(const Machine& machine, const Vendor& vendor,
                                const Candidate& candidate) {
    if (!candidate.is_usable()) {
        return;
    }
    for (const Finding& finding : findings_of(machine, vendor)) {
        const bool is_blocking =
            finding.severity == Severity::blocks && finding.family == vendor.family;
        EXPECT_FALSE(is_blocking && !concerns_libtorch(finding.id))
            << vendor.backend << " can be used, but " << finding.id << " blocks";
    }
}

void expect_agreement(const std::string& name, const Machine& machine) {
    SCOPED_TRACE(name);
    const Selection selection = select_backend(machine, every_backend(), std::nullopt);
    for (const Vendor& vendor : vendors) {
        const auto candidate =
            std::ranges::find(selection.candidates, vendor.backend, &Candidate::name);
        expect_an_explanation(machine, vendor);
        expect_no_blocking_finding(machine, vendor, *candidate);
    }
}

TEST(Agreement, OnEveryMadeMachine) {
    for (const auto& [name, machine] : testing::all_machines()) {
        expect_agreement(name, machine);
    }
}

/// A missing fact is unknown: it must neither hide a device nor be taken for an obstacle.
TEST(Agreement, WithFactsMissing) {
    for (auto [name, machine] : testing::all_machines()) {
        for (const Presence why : {Presence::absent, Presence::denied, Presence::malformed}) {
            Machine changed = machine;
            changed.device_nodes = decltype(changed.device_nodes)::missing(why, "/dev");
            expect_agreement(name + ", without device nodes", changed);
            changed = machine;
            changed.drivers = decltype(changed.drivers)::missing(why, "/sys/module");
            expect_agreement(name + ", without drivers", changed);
            changed = machine;
            changed.kfd_nodes = decltype(changed.kfd_nodes)::missing(why, "/sys/class/kfd");
            changed.drm_nodes = decltype(changed.drm_nodes)::missing(why, "/sys/class/drm");
            expect_agreement(name + ", without the nodes of drivers", changed);
        }
    }
}

/// A second card that is idle, for whatever reason.
void add_idle_card(testing::MadeFacts& made, std::uint16_t device_id, const char* driver) {
    PciDevice card = made.device();
    card.address = "0000:21:00.0";
    card.device_id = testing::fact(device_id);
    card.driver =
        *driver == '\0' ? testing::missing<std::string>() : testing::fact<std::string>(driver);
    auto devices = *made.machine.pci_devices;
    devices.push_back(card);
    made.machine.pci_devices = testing::fact(std::move(devices), "/sys/bus/pci/devices");
}

TEST(Agreement, AnIdleNvidiaCardDoesNotKeepAnotherFromWork) {
    for (const std::uint16_t id : {0x0a65, 0x1b80, 0x2204, 0x2b85}) {
        for (const char* driver : {"", "nouveau", "nova_core", "vfio-pci"}) {
            for (const char* release : {"580.95.05", "595.45.04"}) {
                testing::MadeFacts made = testing::healthy_nvidia_machine();
                made.set_release(release);
                add_idle_card(made, id, driver);
                const auto selection = select_backend(made.machine, every_backend(), std::nullopt);
                EXPECT_TRUE(selection.candidates[0].is_usable())
                    << std::hex << id << " bound to '" << driver << "', release " << release << ": "
                    << selection.candidates[0].first_missed()->evidence;
            }
        }
    }
}

TEST(Agreement, AnIdleAmdGpuDoesNotKeepAnotherFromWork) {
    for (const std::uint16_t id : {0x67df, 0x15bf, 0x744c, 0x7550}) {
        for (const char* driver : {"", "amdgpu", "radeon", "vfio-pci"}) {
            testing::MadeFacts made = testing::healthy_amd_machine();
            add_idle_card(made, id, driver);
            const auto selection = select_backend(made.machine, every_backend(), std::nullopt);
            EXPECT_TRUE(selection.candidates[1].is_usable())
                << std::hex << id << " bound to '" << driver
                << "': " << selection.candidates[1].first_missed()->evidence;
        }
    }
}

TEST(Agreement, OnRecordedMachines) {
    const RecordedMachine reported("reported/trees");
    if (!reported.is_there()) {
        GTEST_SKIP() << RecordedMachine::missing;
    }
    for (const auto& entry : std::filesystem::directory_iterator(reported.root())) {
        expect_agreement(entry.path().filename().string(), probe({.root = entry.path()}));
    }
    for (const char* name : {"sysfs-ryzen1600-radeon", "sysfs-accel"}) {
        const RecordedMachine recorded(name);
        ASSERT_TRUE(recorded.is_there()) << name;
        expect_agreement(name, probe({.root = recorded.root()}));
    }
    for (const char* name : {"kfd-mi210x8", "kfd-vega10"}) {
        const RecordedMachine recorded(name);
        ASSERT_TRUE(recorded.is_there()) << name;
        recorded.mount("/topology", "sys/class/kfd/kfd/topology");
        expect_agreement(name, probe({.root = recorded.root()}));
    }
}

}  // namespace
}  // namespace trilby
