// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "support/made_machine.hpp"
#include <trilby/probe.hpp>

namespace trilby {
namespace {

using testing::MadeMachine;

struct Case {
    const char* title;
    std::vector<const char*> markers;
    ContainerKind expected;
    const char* evidence;
};

class ContainerMarkers : public ::testing::TestWithParam<Case> {};

TEST_P(ContainerMarkers, DetermineTheKind) {
    const MadeMachine made;
    made.make_folder("run");
    for (const char* marker : GetParam().markers) {
        made.write(marker, "");
    }
    const Container container = probe({.root = made.root()}).container;
    ASSERT_TRUE(container.kind);
    EXPECT_EQ(container_name(*container.kind), container_name(GetParam().expected));
    EXPECT_EQ(container.kind.source(), GetParam().evidence);
}

INSTANTIATE_TEST_SUITE_P(
    Container, ContainerMarkers,
    ::testing::Values(
        Case{"host", {}, ContainerKind::none, "/run"},
        Case{"host_with_distrobox_installed",
             {"usr/bin/distrobox-host-exec"},
             ContainerKind::none,
             "/run"},
        Case{"distrobox_of_docker",
             {".dockerenv", "usr/bin/distrobox-host-exec"},
             ContainerKind::distrobox,
             "/usr/bin/distrobox-host-exec"},
        Case{"toolbx",
             {"run/.containerenv", "run/.toolboxenv"},
             ContainerKind::toolbx,
             "/run/.toolboxenv"},
        Case{"distrobox_beside_the_marker_of_toolbx",
             {"run/.containerenv", "run/.toolboxenv", "usr/bin/distrobox-host-exec"},
             ContainerKind::distrobox,
             "/usr/bin/distrobox-host-exec"},
        Case{"distrobox",
             {"run/.containerenv", "run/.distroboxenv"},
             ContainerKind::distrobox,
             "/run/.distroboxenv"},
        Case{"podman", {"run/.containerenv"}, ContainerKind::podman, "/run/.containerenv"},
        Case{"docker", {".dockerenv"}, ContainerKind::docker, "/.dockerenv"},
        Case{"kubernetes",
             {".dockerenv", "run/secrets/kubernetes.io/serviceaccount/token"},
             ContainerKind::kubernetes,
             "/run/secrets/kubernetes.io"}),
    [](const auto& the_case) { return std::string(the_case.param.title); });

TEST(Container, UsesTheNameGivenToSystemd) {
    const MadeMachine made;
    made.write("run/systemd/container", "systemd-nspawn\n");
    EXPECT_EQ(probe({.root = made.root()}).container.kind.value_or(ContainerKind::none),
              ContainerKind::systemd_nspawn);
    made.write("run/systemd/container", "lxc\n");
    EXPECT_EQ(probe({.root = made.root()}).container.kind.value_or(ContainerKind::none),
              ContainerKind::lxc);
    made.write("run/systemd/container", "rkt\n");
    EXPECT_EQ(probe({.root = made.root()}).container.kind.value_or(ContainerKind::none),
              ContainerKind::unknown);
}

TEST(Container, ReadsTheImageName) {
    const MadeMachine made;
    made.write("run/.containerenv",
               "engine=\"podman-5.5\"\nimage=\"registry.example/fedora-toolbox:42\"\n");
    EXPECT_EQ(probe({.root = made.root()}).container.image.value_or(""),
              "registry.example/fedora-toolbox:42");
}

TEST(Container, IsUnknownIfTheTreeLacksTheSearchedFolders) {
    const MadeMachine made;
    EXPECT_EQ(probe({.root = made.root()}).container.kind.presence(), Presence::absent);
}

TEST(OperatingSystem, UnquotesOsRelease) {
    const MadeMachine made;
    made.write(
        "usr/lib/os-release",
        "NAME=x\nID=fedora\nID_LIKE=\"rhel centos\"\nPRETTY_NAME=\"Fedora \\\"Linux\\\" 42\"\n");
    made.link("etc/os-release", "../usr/lib/os-release");
    const OperatingSystem os = probe({.root = made.root()}).os;
    EXPECT_EQ(os.id.value_or(""), "fedora");
    EXPECT_EQ(os.pretty_name.value_or(""), "Fedora \"Linux\" 42");
    EXPECT_EQ(os.id_like.value_or(""), "rhel centos");
    EXPECT_EQ(os.version_id.presence(), Presence::absent);
}

}  // namespace
}  // namespace trilby
