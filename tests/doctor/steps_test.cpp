// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Sections are selected by system, and insertions become its commands.

#include "doctor/steps.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::doctor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Steps steps_of(const char* text, System system) {
    return steps_for(parse_page(text), system);
}

TEST(Steps, AreThoseOfTheSystemOrOfItsClosestBase) {
    constexpr const char* text = "## Debian\n\n    a\n\n## Any system\n\n    b\n";
    EXPECT_THAT(steps_of(text, System::debian), ElementsAre("a"));
    EXPECT_THAT(steps_of(text, System::ubuntu), ElementsAre("a"));
    EXPECT_THAT(steps_of(text, System::atomic), ElementsAre("b"));
    EXPECT_THAT(steps_of("## Debian\n\n    a\n", System::arch), IsEmpty());
}

TEST(Steps, ReplaceInsertionsByTheSystemsCommands) {
    constexpr const char* text = "## Any system\n\n{{boot-argument iommu=pt}}\n\n{{reboot}}\n";
    EXPECT_THAT(steps_of(text, System::fedora),
                ElementsAre("sudo grubby --update-kernel=ALL --args=\"iommu=pt\"",
                            "sudo systemctl reboot"));
    EXPECT_THAT(steps_of(text, System::universal_blue),
                ElementsAre("rpm-ostree kargs --append=iommu=pt", "systemctl reboot"));
}

TEST(Steps, InstallTheSystemsPackages) {
    constexpr const char* text = "## Any system\n\n{{install nvidia-modprobe}}\n";
    EXPECT_THAT(steps_of(text, System::nobara), ElementsAre("sudo dnf install nvidia-modprobe"));
    EXPECT_THAT(steps_of(text, System::ubuntu), ElementsAre("sudo apt install nvidia-modprobe"));
    EXPECT_THAT(steps_of(text, System::atomic),
                ElementsAre("rpm-ostree install nvidia-modprobe", "systemctl reboot"));
}

/// RPM Fusion's driver is built by akmods, NVIDIA's own by DKMS. Each signs with a key of its own.
TEST(Steps, EnrollTheKeyOfEitherBuilderOnFedora) {
    const Steps steps = steps_for(page_of("TRL-N005"), System::fedora);
    const auto rebuild = std::ranges::find(steps, "sudo akmods --force --rebuild");
    const auto dkms = std::ranges::find(steps, "sudo mokutil --import /var/lib/dkms/mok.pub");
    EXPECT_LT(std::ranges::find(steps, "sudo kmodgenca -a"), rebuild);
    ASSERT_LT(rebuild, dkms);
    ASSERT_NE(dkms, steps.end());
    EXPECT_THAT(*(dkms - 1), HasSubstr("DKMS"));
}

TEST(Steps, NameTheSoftwareWhereNoPackageIsKnown) {
    EXPECT_THAT(steps_of("## Any system\n\n{{install stove}}\n", System::fedora),
                ElementsAre("Install your system's package of stove."));
}

}  // namespace
}  // namespace trilby::doctor
