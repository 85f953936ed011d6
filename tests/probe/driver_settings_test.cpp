// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "probe/environment/environment.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::sources {
namespace {

class DriverSettings : public ::testing::Test {
  protected:
    [[nodiscard]] FileTree tree() const { return FileTree(folder_.path()); }

    testing::TemporaryFolder folder_;
    UnreadPaths unread_;
};

TEST_F(DriverSettings, KeepOnlyLinesAboutDriversOfGpus) {
    folder_.write(
        "etc/modprobe.d/a.conf",
        "# blacklist nvidia\nblacklist pcspkr\n  blacklist   nvidia \noptions amdgpu x=1\n");
    folder_.write("etc/modprobe.d/a.conf.rpmsave", "blacklist nvidia\n");
    const auto settings = read_module_settings(tree(), unread_);
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->size(), 2U);
    EXPECT_EQ(settings->front().path, "/etc/modprobe.d/a.conf");
    EXPECT_EQ(settings->front().text, "blacklist   nvidia");
    EXPECT_EQ(settings->back().text, "options amdgpu x=1");
}

TEST_F(DriverSettings, AFileHidesThoseOfTheSameNameInLaterFolders) {
    folder_.write("etc/modprobe.d/a.conf", "");
    folder_.write("usr/lib/modprobe.d/a.conf", "blacklist nvidia\n");
    folder_.write("usr/lib/modprobe.d/b.conf", "blacklist nouveau\n");
    const auto settings = read_module_settings(tree(), unread_);
    ASSERT_TRUE(settings);
    ASSERT_EQ(settings->size(), 1U);
    EXPECT_EQ(settings->front().path, "/usr/lib/modprobe.d/b.conf");
}

TEST_F(DriverSettings, AreUnknownWithoutAnyFolder) {
    EXPECT_FALSE(read_module_settings(tree(), unread_));
    EXPECT_FALSE(read_removal_rules(tree(), unread_));
}

TEST_F(DriverSettings, HaveTheRulesThatRemoveNvidiaCards) {
    const std::string rule =
        R"(ACTION=="add", SUBSYSTEM=="pci", ATTR{vendor}=="0x10de", ATTR{remove}="1")";
    folder_.write("etc/udev/rules.d/50-any.rules", "#" + rule + "\n" + rule + "\n");
    folder_.write("usr/lib/udev/rules.d/50-other.rules", rule + "\n");
    folder_.write("usr/lib/udev/rules.d/50-nvidia.rules", R"(ATTR{vendor}=="0x10de", RUN+="x")");
    const auto rules = read_removal_rules(tree(), unread_);
    ASSERT_TRUE(rules);
    ASSERT_EQ(rules->size(), 1U) << "the distribution's own rules are not read";
    EXPECT_EQ(rules->front().path, "/etc/udev/rules.d/50-any.rules");
}

/// The rules that EnvyControl and prime-select write, and those that users write by hand.
TEST_F(DriverSettings, HaveEveryKindOfRuleThatTakesACard) {
    const std::string start = R"(ACTION=="add", SUBSYSTEM=="pci", ATTR{vendor}=="0x10de", )";
    const std::vector<std::string> rules{
        start + R"(ATTR{class}=="0x03[0-9]*", ATTR{power/control}="auto", ATTR{remove}="1")",
        start + R"(RUN+="/bin/sh -c 'echo 1 > /sys$devpath/remove'")",
        start + R"(RUN+="/bin/sh -c 'echo %k > /sys/bus/pci/drivers/nvidia/unbind'")"};
    for (const std::string& rule : rules) {
        folder_.write("etc/udev/rules.d/50-any.rules", rule + "\n");
        const auto found = read_removal_rules(tree(), unread_);
        ASSERT_TRUE(found);
        ASSERT_EQ(found->size(), 1U) << rule;
        EXPECT_EQ(found->front().text, rule);
    }
}

TEST_F(DriverSettings, JoinContinuedLines) {
    folder_.write("usr/lib/udev/rules.d/50-remove-nvidia.rules",
                  "ATTR{vendor}==\"0x10de\", \\\n  ATTR{remove}=\"1\"\n");
    folder_.write("etc/modprobe.d/own.conf", "blacklist \\\nnvidia\n");
    EXPECT_EQ(read_removal_rules(tree(), unread_).value_or({}).size(), 1U);
    EXPECT_EQ(read_module_settings(tree(), unread_).value_or({}).size(), 1U);
}

/// supergfxctl and NVIDIA's driver come with rules that let an idle card sleep.
TEST_F(DriverSettings, LeaveOutRulesForPowerManagement) {
    const std::string card =
        R"(SUBSYSTEM=="pci", ATTR{vendor}=="0x10de", ATTR{class}=="0x030000", )";
    folder_.write(
        "usr/lib/udev/rules.d/90-supergfxd-nvidia-pm.rules",
        R"(ACTION=="bind", )" + card + R"(TEST=="power/control", ATTR{power/control}="auto")" +
            "\n" + R"(ACTION=="unbind", )" + card +
            R"(TEST=="power/control", ATTR{power/control}="on")" + "\n" + R"(ACTION=="bind", )" +
            card + R"(RUN+="/usr/bin/nvidia-modprobe -c0 -u")" + "\n");
    const auto rules = read_removal_rules(tree(), unread_);
    ASSERT_TRUE(rules);
    EXPECT_TRUE(rules->empty());
}

TEST_F(DriverSettings, LeaveOutRulesForOtherDevicesOfACard) {
    const std::string start = R"(ATTR{vendor}=="0x10de", ATTR{class}==")";
    const std::string end = R"(", ATTR{remove}="1")";
    folder_.write("etc/udev/rules.d/50-nvidia.rules",
                  start + "0x0c0330" + end + "\n" + start + "0x03[0-9]*" + end + "\n");
    const auto rules = read_removal_rules(tree(), unread_);
    ASSERT_TRUE(rules);
    ASSERT_EQ(rules->size(), 1U);
    EXPECT_EQ(rules->front().text, start + "0x03[0-9]*" + end);
}

TEST_F(DriverSettings, NeverBlockOrGrowWithoutLimit) {
    std::filesystem::create_directories(folder_ / "etc/modprobe.d/folder.conf");
    folder_.write("etc/modprobe.d/long.conf", std::string(1U << 20, 'x'));
    folder_.write("etc/modprobe.d/nul.conf", std::string("blacklist nvidia\0\n", 18));
    EXPECT_TRUE(read_module_settings(tree(), unread_));
}

/// Rules for phones have this size.
TEST_F(DriverSettings, MayBeInALongFile) {
    folder_.write("etc/udev/rules.d/51-own.rules",
                  std::string(std::size_t{100} << 10, '\n') +
                      "ATTR{vendor}==\"0x10de\", ATTR{remove}=\"1\"\n");
    EXPECT_EQ(read_removal_rules(tree(), unread_).value_or({}).size(), 1U);
    EXPECT_TRUE(unread_.empty());
}

TEST_F(DriverSettings, TheModuleIsFoundWhereverPackagesPutIt) {
    folder_.write("lib/modules/1/modules.dep", "kernel/x.ko:\n");
    folder_.write("lib/modules/2/modules.dep", "");
    folder_.write("lib/modules/2/extra/drivers/video/nvidia/nvidia.ko", "");
    folder_.write("lib/modules/3/modules.dep", "kernel/x.ko:\nother/place/nvidia.ko.xz: a\n");
    folder_.write("lib/modules/4/modules.dep", "kernel/drivers/video/fbdev/nvidia/nvidiafb.ko:\n");
    folder_.write("lib/modules/5/weak-updates/updates/nvidia.ko.zst", "");
    const auto kernels = read_kernel_folders(tree(), unread_);
    ASSERT_TRUE(kernels);
    ASSERT_EQ(kernels->size(), 5U);
    const std::vector<bool> expected{false, true, true, false, true};
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ((*kernels)[i].has_nvidia, expected[i]) << (*kernels)[i].release;
    }
}

}  // namespace
}  // namespace trilby::sources
