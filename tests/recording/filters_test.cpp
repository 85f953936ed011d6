// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "recording/filters.hpp"

#include <gtest/gtest.h>

#include "probe/sources.hpp"
#include "recording/recorder.hpp"
#include "support/planted_secrets.hpp"

namespace trilby::recording {
namespace {

std::string kept(std::string_view path, std::string_view content) {
    Redaction redaction({});
    return filtered(redaction, path, content).value_or("not recorded");
}

TEST(Filters, CoverEveryFileThatTheProbeReads) {
    const testing::MadeMachine made;
    testing::plant_in_names(made);
    Recorder recorder;
    static_cast<void>(
        sources::read_machine(platform::FileTree(made.root(), &recorder), std::nullopt));
    recorder.contents.erase("/trilby-recording.json");  // the notes of the machine itself
    for (const auto& [path, content] : recorder.contents) {
        EXPECT_NE(kept(path, content), "not recorded") << path;
    }
}

TEST(Filters, DropAFileOfNoKnownKind) {
    EXPECT_EQ(kept("/etc/passwd", "root:x:0:0::/root:/bin/sh\n"), "not recorded");
    EXPECT_EQ(kept("/home/user/notes", ""), "not recorded");
}

TEST(Filters, KeepTheParametersOfDriversAndMemory) {
    EXPECT_EQ(kept("/proc/cmdline",
                   "root=UUID=1 ip=10.0.0.5 amdgpu.ppfeaturemask=0xffffffff "
                   "ttm.pages_limit=33554432 xe.force_probe=e20b pci=realloc "
                   "nvidia.kite=1320319012345\n"),
              "amdgpu.ppfeaturemask=0xffffffff ttm.pages_limit=33554432 xe.force_probe=e20b "
              "pci=realloc nvidia.redacted1=redacted2\n");
}

TEST(Filters, KeepListsOfVendorsAndDevices) {
    EXPECT_EQ(kept("/proc/cmdline", "vfio-pci.ids=1002:744c,1002:ab30 module.sig_enforce=1\n"),
              "vfio-pci.ids=1002:744c,1002:ab30 module.sig_enforce=1\n");
    EXPECT_EQ(kept("/proc/cmdline", "vfio-pci.ids=1002:744c,kite\n"),
              "vfio-pci.ids=1002:744c,redacted1\n");
    EXPECT_EQ(kept("/proc/cmdline", "vfio-pci.ids=\n"), "vfio-pci.ids=\n");
}

TEST(Filters, KeepTheSectionsAndKnownKeysOfPackageSources) {
    EXPECT_EQ(
        kept("/etc/yum.repos.d/kite.repo",
             "[kite-fedora]\nname=Kite's\nenabled=1\nbaseurl=https://kite.org/$basearch/?t=k1t3\n"
             "gpgkey=https://ibis:x@kite.org/key\npassword=x\n"),
        "[redacted1-fedora]\nenabled=1\nbaseurl=https://redacted1.org/$basearch/?t=redacted2\n");
}

TEST(Filters, KeepTheItemsOfDeviceSpecifications) {
    EXPECT_EQ(kept("/etc/cdi/nvidia.yaml",
                   "cdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices:\n"
                   "- name: kite\n  env:\n  - OWNER=kite\n"
                   "  - path: /dev/nvidia-uvm\n    major: 509\n"
                   "  - hostPath: /home/kite/libcuda.so.580.95.05\n"),
              "  kind: nvidia.com/gpu\n-\n-\n- path: /dev/nvidia-uvm\n  major: 509\n"
              "- hostPath: /home/redacted1/libcuda.so.580.95.05\n");
}

TEST(Filters, KeepTheTypeOfAnIbmMachineWithoutItsIdentification) {
    EXPECT_EQ(kept("/proc/cpuinfo",
                   "vendor_id       : IBM/S390\n"
                   "processor 0: version = 00,  identification = 0133E8,  machine = 2964\n"
                   "processor 1: version = 00,  identification = 0133E8,  machine = 2964\n"),
              "vendor_id       : IBM/S390\nprocessor 0: machine = 2964\nprocessor 1:\n");
}

TEST(Filters, KeepNumbersOfAnyLengthWhereAFileIsANumber) {
    EXPECT_EQ(kept("/sys/fs/cgroup/memory.max", "1099511627776\n"), "1099511627776\n");
    EXPECT_EQ(kept("/sys/bus/pci/devices/0000:03:00.0/vendor", "0x1002\n1320319012345\n"),
              "0x1002\nredacted1\n");
}

}  // namespace
}  // namespace trilby::recording
