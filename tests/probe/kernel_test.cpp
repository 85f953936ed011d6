// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using ::testing::ElementsAre;
using testing::MadeMachine;
using ::testing::SizeIs;

constexpr const char* secure_boot =
    "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

Kernel kernel_of(const MadeMachine& machine) {
    return probe({.root = machine.root()}).kernel;
}

TEST(Kernel, KeepsOnlyCommandLineWordsAboutDrivers) {
    const MadeMachine machine;
    machine.write("proc/cmdline",
                  "BOOT_IMAGE=(hd0)/vmlinuz root=UUID=1234 rd.luks.uuid=secret quiet nomodeset "
                  "rd.driver.blacklist=nouveau nvidia-drm.modeset=1 amdgpu.gttsize=8192 "
                  "iommu=pt iommufoo=1 module.sig_enforce=1 module.other=1 "
                  "vfio-pci.ids=1002:744c\n");
    EXPECT_THAT(*kernel_of(machine).boot_parameters,
                ElementsAre("nomodeset", "rd.driver.blacklist=nouveau", "nvidia-drm.modeset=1",
                            "amdgpu.gttsize=8192", "iommu=pt", "module.sig_enforce=1",
                            "vfio-pci.ids=1002:744c"));
}

TEST(Kernel, ReadsSecureBootFromTheFifthByte) {
    for (const bool is_on : {false, true}) {
        const MadeMachine machine;
        machine.write(secure_boot, std::string("\6\0\0\0", 4) + (is_on ? '\1' : '\0'));
        ASSERT_TRUE(kernel_of(machine).secure_boot);
        EXPECT_EQ(*kernel_of(machine).secure_boot, is_on);
    }
    for (const std::string bad : {"", "\6", "\6\1\1\1\7", "\6\1\1\1\1\1"}) {
        const MadeMachine machine;
        machine.write(secure_boot, bad);
        EXPECT_EQ(kernel_of(machine).secure_boot.presence(), Presence::malformed);
    }
    EXPECT_EQ(kernel_of(MadeMachine()).secure_boot.presence(), Presence::absent);
}

TEST(Kernel, ReadsTheWordInBrackets) {
    const MadeMachine machine;
    machine.write("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    machine.write("sys/kernel/mm/transparent_hugepage/enabled", "always madvise never\n");
    EXPECT_EQ(kernel_of(machine).lockdown.value_or(""), "integrity");
    EXPECT_EQ(kernel_of(machine).transparent_huge_pages.presence(), Presence::malformed);
}

TEST(Kernel, ReadsTheModeOfSelinux) {
    struct Case {
        const char* content;
        const char* mode;
    };
    for (const Case& c : {Case{"1", "enforcing"}, Case{"0\n", "permissive"}}) {
        const MadeMachine machine;
        machine.write("sys/fs/selinux/enforce", c.content);
        EXPECT_EQ(kernel_of(machine).selinux.value_or(""), c.mode);
    }
    const MadeMachine machine;
    machine.write("sys/fs/selinux/enforce", "2");
    EXPECT_EQ(kernel_of(machine).selinux.presence(), Presence::malformed);
}

TEST(Kernel, ListsParametersOfLoadedDrivers) {
    const MadeMachine machine;
    machine.write("sys/module/amdgpu/parameters/gttsize", "-1\n");
    machine.write("sys/module/amdgpu/parameters/dc", "1\n");
    const auto parameters = kernel_of(machine).module_parameters;
    ASSERT_THAT(parameters, SizeIs(1));
    EXPECT_EQ(parameters.front().name, "amdgpu.gttsize");
    EXPECT_EQ(parameters.front().value.value_or(""), "-1");
}

}  // namespace
}  // namespace trilby
