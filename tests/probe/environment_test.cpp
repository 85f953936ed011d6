// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "probe/environment/environment.hpp"

#include <gtest/gtest.h>

#include "support/made_machine.hpp"

namespace trilby {
namespace {

using testing::MadeMachine;

Environment environment_of(const MadeMachine& made) {
    return sources::read_environment(platform::FileTree(made.root()));
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
