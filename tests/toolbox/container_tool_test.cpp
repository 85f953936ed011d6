// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toolbox/container_tool.hpp"

#include <gmock/gmock.h>

#include "toolbox/made_machines.hpp"

namespace trilby::toolbox {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::Not;
using testing::plan_for;

TEST(CreateArguments, ForToolbxEndWithTheName) {
    for (const Gpu gpu : {Gpu::none, Gpu::nvidia, Gpu::amd}) {
        EXPECT_THAT(create_arguments(ContainerToolKind::toolbox, plan_for(gpu)),
                    ElementsAre("create", "--image", "localhost/x", "trilby"));
    }
}

TEST(CreateArguments, ForDistroboxEnableNvidiaOnlyOnNvidiaHosts) {
    EXPECT_THAT(create_arguments(ContainerToolKind::distrobox, plan_for(Gpu::nvidia)),
                Contains("--nvidia"));
    EXPECT_THAT(create_arguments(ContainerToolKind::distrobox, plan_for(Gpu::amd)),
                Not(Contains("--nvidia")));
}

TEST(CreateArguments, ForPodmanPassTheDevices) {
    EXPECT_THAT(create_arguments(ContainerToolKind::podman, plan_for(Gpu::nvidia)),
                IsSupersetOf({"--device", "nvidia.com/gpu=all", "label=disable"}));
    EXPECT_THAT(create_arguments(ContainerToolKind::podman, plan_for(Gpu::amd)),
                IsSupersetOf({"/dev/kfd", "/dev/dri", "/home/ada:/home/ada"}));
    EXPECT_THAT(create_arguments(ContainerToolKind::podman, plan_for(Gpu::none)),
                Not(Contains("--device")));
}

TEST(CreateArguments, ForPodmanKeepTheUserUnlessRoot) {
    ContainerPlan plan = plan_for(Gpu::amd);
    EXPECT_THAT(create_arguments(ContainerToolKind::podman, plan),
                IsSupersetOf({"keep-id", "keep-groups"}));
    plan.is_for_root = true;
    EXPECT_THAT(create_arguments(ContainerToolKind::podman, plan),
                Not(Contains(HasSubstr("keep-"))));
}

TEST(EnterArguments, DifferByTool) {
    EXPECT_THAT(enter_arguments(ContainerToolKind::toolbox, "trilby"),
                ElementsAre("enter", "trilby"));
    EXPECT_THAT(enter_arguments(ContainerToolKind::distrobox, "trilby"),
                ElementsAre("enter", "trilby"));
    EXPECT_THAT(enter_arguments(ContainerToolKind::podman, "trilby"),
                ElementsAre("start", "--attach", "--interactive", "trilby"));
}

TEST(Names, AreNeverMistakenForOptions) {
    EXPECT_TRUE(check_container_name("trilby-2.x_y"));
    for (const char* name : {"", "--help", "a b", "-x", "a/b", "a\n"}) {
        EXPECT_FALSE(check_container_name(name)) << name;
    }
    EXPECT_TRUE(check_image_name("registry.example:5000/a/b:1@sha256:0"));
    for (const char* name : {"", "--privileged", "a b", "a\x1b"}) {
        EXPECT_FALSE(check_image_name(name)) << name;
    }
}

}  // namespace
}  // namespace trilby::toolbox
