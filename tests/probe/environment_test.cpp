// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/environment.hpp"

#include <gtest/gtest.h>

#include "support/made_machine.hpp"

namespace trilby {
namespace {

using testing::MadeMachine;

Environment environment_of(const MadeMachine& made) {
    sources::UnreadPaths unread;
    return sources::read_environment(platform::FileTree(made.root()), unread);
}

TEST(Environment, ReadsTheKeyUrlOfARepository) {
    const MadeMachine made;
    made.write("etc/yum.repos.d/cuda.repo",
               "[cuda]\nname=cuda\nbaseurl=https://a/fedora43\nenabled=1\n"
               "gpgkey = https://a/fedora42/D42D0685.pub\n[other]\nenabled=0\n");
    const auto found = environment_of(made).repositories.value_or({});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].gpg_key, "https://a/fedora42/D42D0685.pub");
    EXPECT_EQ(found[1].gpg_key, "");
}

TEST(Environment, ReadsTheRuntimesInDockersSettings) {
    const MadeMachine made;
    made.make_folder("etc");
    EXPECT_TRUE(environment_of(made).docker_runtimes.value_or({"?"}).empty());
    made.write("etc/docker/daemon.json",
               R"({"runtimes": {"nvidia": {"path": "nvidia-container-runtime"}, "crun": 1}})");
    EXPECT_EQ(environment_of(made).docker_runtimes.value_or({}),
              (std::vector<std::string>{"nvidia", "crun"}));
    made.write("etc/docker/daemon.json", "{}");
    EXPECT_TRUE(environment_of(made).docker_runtimes.value_or({"?"}).empty());
    made.write("etc/docker/daemon.json", "runtimes");
    EXPECT_EQ(environment_of(made).docker_runtimes.presence(), Presence::malformed);
}

TEST(Environment, NothingIsKnownAboutDockerWithoutEtc) {
    EXPECT_FALSE(environment_of(MadeMachine()).docker_runtimes);
}

TEST(Environment, FindsNvswitchesOnMachinesWithTheDriver) {
    const MadeMachine made;
    made.add({.address = "0000:07:00.0", .vendor = "0x10de", .pci_class = "0x068000"});
    made.add({.address = "0000:08:00.0", .vendor = "0x8086", .pci_class = "0x068000"});
    made.add({.address = "0000:1b:00.0", .vendor = "0x10de", .pci_class = "0x030200"});
    EXPECT_FALSE(environment_of(made).nvswitches);
    made.make_folder("proc/driver/nvidia/gpus");
    EXPECT_EQ(environment_of(made).nvswitches.value_or({}),
              std::vector<std::string>{"0000:07:00.0"});
}

TEST(Environment, ReadsTheDeviceNumberOfTheUvmModule) {
    const MadeMachine made;
    made.write("proc/devices", "Character devices:\n195 nvidia\n509 nvidia-uvm\n\n");
    EXPECT_EQ(environment_of(made).uvm_major.value_or(0), 509U);
    made.write("proc/devices", "Character devices:\n195 nvidia-uvm-tools x\nnvidia-uvm\n");
    EXPECT_EQ(environment_of(made).uvm_major.presence(), Presence::absent);
}

TEST(Environment, ADeviceFolderIsClosedByItsMode) {
    const MadeMachine made;
    made.make_folder("dev/vboxusb");
    std::filesystem::permissions(made.root() / "dev/vboxusb", std::filesystem::perms(0750));
    const auto closed = environment_of(made).closed_device_folders;
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].path, "/dev/vboxusb");
    EXPECT_EQ(closed[0].mode, 0750U);
    std::filesystem::permissions(made.root() / "dev/vboxusb", std::filesystem::perms(0755));
    EXPECT_TRUE(environment_of(made).closed_device_folders.empty());
}

TEST(Environment, AFileIsNotADeviceFolder) {
    const MadeMachine made;
    made.write("dev/vboxusb", "");
    std::filesystem::permissions(made.root() / "dev/vboxusb", std::filesystem::perms(0600));
    EXPECT_TRUE(environment_of(made).closed_device_folders.empty());
}

TEST(Environment, ReadsTheOverrideOfASingleNode) {
    const MadeMachine made;
    made.write("trilby-recording.json",
               R"({"recording": 1, "statuses": {}, "denied": [], "answers": {
        "environment variable HSA_OVERRIDE_GFX_VERSION_2": "10.3.0",
        "environment variable HSA_OVERRIDE_GFX_VERSION_64": "10.3.0"}})");
    const auto variables = environment_of(made).variables;
    ASSERT_EQ(variables.size(), 1U);
    EXPECT_EQ(variables[0].name, "HSA_OVERRIDE_GFX_VERSION_2");
}

TEST(Environment, PrefersTheRocblasOfTheDistribution) {
    const MadeMachine made;
    made.write("opt/rocm/lib/rocblas/library/TensileLibrary_lazy_gfx906.dat", "");
    EXPECT_EQ(environment_of(made).rocblas_files.source(), "/opt/rocm/lib/rocblas/library");
    made.write("usr/lib64/rocblas/library/TensileLibrary_lazy_gfx1100.dat", "");
    EXPECT_EQ(environment_of(made).rocblas_files.source(), "/usr/lib64/rocblas/library");
}

}  // namespace
}  // namespace trilby
