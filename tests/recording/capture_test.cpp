// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <csignal>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platform/file_tree.hpp"
#include "recording/recording.hpp"
#include "support/made_machine.hpp"
#include "support/planted_secrets.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::all_names_and_contents;
using testing::MadeMachine;
using testing::TemporaryFolder;

constexpr const char* uuid = "4f2a9c11-77aa-4abc-8def-112233445566";
const std::string container_id(64, 'c');

/// Puts personal data into every file that may contain some.
void plant_personal_data(const MadeMachine& made) {
    made.write("proc/sys/kernel/hostname", "wren.example.org\n");
    made.write("etc/passwd",
               "root:x:0:0::/root:/bin/sh\nlovelace:x:1000:1000:Ada:/home/lovelace:/bin/sh\n");
    made.write("proc/cmdline",
               std::string("root=UUID=") + uuid + " password=hush iommu=pt user=lovelace\n");
    made.write("proc/self/cgroup", "0::/machine/lovelace/libpod-" + container_id + ".scope\n");
    made.write("run/.containerenv", "engine=\"podman-5\"\nname=\"wren-box\"\nimage=\"fedora\"\n");
    made.write("proc/driver/nvidia/gpus/0000:01:00.0/information",
               std::string("Model: RTX\nGPU UUID: GPU-") + uuid + "\nDevice Minor: 0\n");
    made.write("sys/class/kfd/kfd/topology/nodes/1/properties",
               "simd_count 192\nsimd_per_cu 2\ngfx_target_version 110000\n"
               "unique_id 9911882277336644\nhive_id 5566778899\n");
    made.write("proc/cpuinfo", "processor : 0\nmodel name : CPU\nSerial : 00000000feedc0de\n");
    made.write("sys/class/dmi/id/product_serial", "PF1A2B3C\n");
    made.write("etc/docker/daemon.json",
               R"({"proxies": {"http-proxy": "http://user:s3cr3t@proxy"},
                   "runtimes": {"nvidia": {"path": "/home/lovelace/runtime"}}})");
}

TEST(Capture, KeepsNoPersonalData) {
    const MadeMachine made;
    plant_personal_data(made);
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const std::string all = all_names_and_contents(folder / "copy");
    for (const std::string planted :
         {"wren", "example.org", "lovelace", "Ada", "hush", "s3cr3t", "4f2a9c11", "112233445566",
          "9911882277336644", "5566778899", "feedc0de", "PF1A2B3C", container_id.c_str()}) {
        EXPECT_EQ(all.find(planted), std::string::npos) << planted;
    }
    EXPECT_NE(all.find("iommu=pt"), std::string::npos) << "other words must be kept";
}

TEST(Capture, KeepsOnlyWhetherTheListOfModulesHasNvidias) {
    const MadeMachine made;
    made.write("lib/modules/1/modules.dep",
               "kernel/bluez.ko:\nother/nvidia.ko.xz: kernel/bluez.ko\n");
    made.write("lib/modules/2/modules.dep", "kernel/bluez.ko:\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(all_names_and_contents(folder / "copy").find("bluez"), std::string::npos);
    const auto kernels = probe({.root = folder / "copy"}).environment.kernels;
    ASSERT_TRUE(kernels);
    ASSERT_EQ(kernels->size(), 2U);
    EXPECT_TRUE(kernels->front().has_nvidia);
    EXPECT_TRUE(kernels->back().has_modules);
    EXPECT_FALSE(kernels->back().has_nvidia);
}

TEST(Capture, TheRecordingGivesTheSameMachine) {
    const MadeMachine made;
    plant_personal_data(made);
    made.add(
        {.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c", .driver = "amdgpu"});
    made.add_drm_node("renderD128", "0000:03:00.0");
    made.write("dev/dri/renderD128", "");
    made.write("usr/share/misc/pci.ids",
               "1002  Maker\n\t744c  Card\n\t7550  Other\n10de  NVIDIA\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const Machine machine = probe({.root = folder / "copy"});
    const PciDevice& device = machine.pci_devices->front();
    EXPECT_EQ(device.device_name.value_or(""), "Card");
    EXPECT_EQ(device.driver.value_or(""), "amdgpu");
    EXPECT_EQ(machine.drm_nodes->front().pci_address.value_or(""), "0000:03:00.0");
    EXPECT_EQ(machine.kfd_nodes->front().compute_units.value_or(0), 96U);
    EXPECT_EQ(machine.container.kind.value_or(ContainerKind::none), ContainerKind::podman);
    EXPECT_EQ(machine.container.image.value_or(""), "fedora");
    EXPECT_EQ(machine.memory.total_bytes.presence(), Presence::absent);
}

TEST(Capture, KeepsAnImageWithTheNameOfTheHost) {
    const MadeMachine made;
    made.write("proc/sys/kernel/hostname", "fedora\n");
    made.write("run/.containerenv", "image=\"registry.fedoraproject.org/fedora-toolbox:43\"\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(probe({.root = folder / "copy"}).container.image.value_or(""),
              "registry.fedoraproject.org/fedora-toolbox:43");
}

TEST(Capture, DoesNotCopyTheNamesOfOtherCards) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c"});
    made.write("usr/share/misc/pci.ids", "1002  Maker\n\t744c  Card\n\t7550  Other\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(testing::read_file(folder / "copy/usr/share/misc/pci.ids"),
              "1002  Maker\n\t744c  Card\n");
}

TEST(Capture, KeepsMalformedFilesMalformed) {
    const MadeMachine made;
    made.make_folder("proc");
    ASSERT_EQ(::mkfifo((made.root() / "proc/meminfo").c_str(), 0600), 0);
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(probe({.root = folder / "copy"}).memory.total_bytes.presence(), Presence::malformed);
}

TEST(Capture, KeepsDeniedFilesDenied) {
    const MadeMachine made;
    made.write("trilby-recording.json", R"({"recording": 1, "denied": ["/proc/meminfo"],
                                            "answers": {}, "statuses": {}})");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(probe({.root = folder / "copy"}).memory.total_bytes.presence(), Presence::denied);
}

TEST(Capture, ARecordingOfARecordingIsTheSame) {
    const MadeMachine made;
    plant_personal_data(made);
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "first", {.root = made.root()}));
    ASSERT_TRUE(capture(folder / "second", {.root = folder / "first"}));
    EXPECT_EQ(all_names_and_contents(folder / "first"), all_names_and_contents(folder / "second"));
}

TEST(Capture, PathsInFilesDoNotLeadOutOfTheFolder) {
    const MadeMachine made;
    made.write("proc/self/cgroup", "4:cpu,/../../../../../outside:/\n");
    made.make_folder("sys/fs/cgroup/cpu,");
    made.write("outside/cpu.cfs_quota_us", "400000\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_FALSE(std::filesystem::exists(folder / "outside"));
}

TEST(Capture, KeepsAnUnreadableNameDatabaseUnreadable) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c"});
    made.make_folder("usr/share/misc/pci.ids");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const Machine machine = probe({.root = folder / "copy"});
    EXPECT_EQ(machine.pci_devices->front().device_name.presence(), Presence::malformed);
}

TEST(Capture, KeepsNamesBeforeALineThatIsTooLong) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c"});
    made.write("usr/share/misc/pci.ids", "1002  Maker\n" + std::string(100'000, 'x'));
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const Machine machine = probe({.root = folder / "copy"});
    const PciDevice& device = machine.pci_devices->front();
    EXPECT_EQ(device.vendor_name.value_or(""), "Maker");
    EXPECT_EQ(device.device_name.presence(), Presence::malformed);
}

TEST(Capture, KeepsTheNameOfACardWhoseVendorHasNone) {
    const MadeMachine made;
    made.add({.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c"});
    made.write("usr/share/misc/pci.ids", "1002\n\t744c  Card\n");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const Machine machine = probe({.root = folder / "copy"});
    EXPECT_EQ(machine.pci_devices->front().device_name.value_or(""), "Card");
}

TEST(Capture, KeepsBackslashesInTheImageName) {
    const MadeMachine made;
    made.write("run/.containerenv", R"(image="a\\b\"c")");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(probe({.root = folder / "copy"}).container.image.value_or(""), R"(a\b"c)");
}

TEST(Capture, RecordsALinkReadUnderTwoNames) {
    const MadeMachine made;
    made.add(
        {.address = "0000:03:00.0", .vendor = "0x1002", .device = "0x744c", .driver = "amdgpu"});
    made.link("sys/bus/pci/devices/0000:04:00.0", "../../../devices/pci0000:00/0000:03:00.0");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_EQ(probe({.root = folder / "copy"}).pci_devices->back().driver.value_or(""), "amdgpu");
}

TEST(Capture, KeepsAMissingFileMissing) {
    const MadeMachine made;
    made.link("etc/cdi/gone.yaml", "nowhere");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const Machine machine = probe({.root = folder / "copy"});
    ASSERT_EQ(machine.cdi_specifications->size(), 1U);
    EXPECT_EQ(machine.cdi_specifications->front().kind.presence(), Presence::absent);
}

TEST(Capture, DoesNotListANodeThatOnlyHasAStatus) {
    const MadeMachine made;
    made.make_folder("dev");
    made.write("trilby-recording.json",
               R"({"recording": 1, "answers": {},
                   "statuses": {"/dev/kfd": {"mode": 438, "owner": 0, "group": 0}}})");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_TRUE(probe({.root = folder / "copy"}).device_nodes->empty());
}

TEST(Capture, LeavesOutNamesThatJsonCannotRepresent) {
    const MadeMachine made;
    made.write("etc/cdi/odd.yaml", "hostPath: /etc/\xff\n");
    made.write("etc/\xff", "");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    EXPECT_FALSE(platform::FileTree(folder / "copy").is_damaged());
}

TEST(Capture, LeavesNothingBehindAfterASignal) {
    const MadeMachine made;
    plant_personal_data(made);
    const auto recorded = recording::record({.root = made.root()});
    ASSERT_TRUE(recorded);
    const TemporaryFolder folder;
    platform::InterruptWatch interrupts;
    ASSERT_EQ(std::raise(SIGTERM), 0);
    const auto written = recording::write(*recorded, folder / "copy", &interrupts);
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::interrupted);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Capture, LeavesNothingBehindAfterAFailure) {
    const MadeMachine made;
    plant_personal_data(made);
    auto recorded = recording::record({.root = made.root()});
    ASSERT_TRUE(recorded);
    recorded->read.contents["/proc/cmdline"] = "";
    recorded->read.contents["/proc/cmdline/os-release"] = "";
    const TemporaryFolder folder;
    EXPECT_FALSE(recording::write(*recorded, folder / "copy", nullptr));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Capture, KeepsTheOrderOfTheLoadersFolders) {
    const MadeMachine made;
    made.write("etc/ld.so.conf.d/a-kite.conf", "/opt/kite\n");
    made.write("etc/ld.so.conf.d/cuda.conf", "/usr/local/cuda/lib64\n");
    made.write("opt/kite/libcuda.so.1", "");
    made.write("usr/local/cuda/lib64/libcuda.so.1", "");
    const TemporaryFolder folder;
    ASSERT_TRUE(capture(folder / "copy", {.root = made.root()}));
    const auto libraries = probe({.root = folder / "copy"}).libraries;
    ASSERT_TRUE(libraries);
    ASSERT_EQ(libraries->size(), 2U);
    EXPECT_TRUE(libraries->front().path.starts_with("/opt/redacted"));
}

TEST(Capture, RefusesADamagedRecording) {
    const MadeMachine made;
    made.write("trilby-recording.json", "{");
    const TemporaryFolder folder;
    const auto captured = capture(folder / "copy", {.root = made.root()});
    ASSERT_FALSE(captured);
    EXPECT_EQ(captured.error().code, ErrorCode::bad_data);
}

TEST(Capture, RefusesAFolderThatIsNotEmpty) {
    const TemporaryFolder folder;
    folder.write("kept", "mine");
    const auto captured = capture(folder.path(), {.root = folder.path()});
    ASSERT_FALSE(captured);
    EXPECT_EQ(captured.error().code, ErrorCode::cannot_create);
    EXPECT_EQ(all_names_and_contents(folder.path()), "kept\nmine");
}

TEST(Capture, RefusesAFileInsteadOfAFolder) {
    const TemporaryFolder folder;
    const auto file = folder.write("file", "");
    EXPECT_FALSE(capture(file, {.root = folder.path()}));
}

}  // namespace
}  // namespace trilby
