// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The steps match the system and its surroundings.

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string_view>

#include "doctor/condition.hpp"
#include "doctor/made_facts.hpp"
#include "doctor/remedy.hpp"

namespace trilby::doctor {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using testing::fact;
using ::testing::HasSubstr;
using testing::MadeFacts;
using ::testing::Not;

struct Release {
    const char* id;
    const char* id_like;
    ContainerKind container = ContainerKind::none;
    bool is_ostree = false;
};

MadeFacts machine_of(const Release& system) {
    MadeFacts made;
    made.machine.os.id = fact<std::string>(system.id);
    made.machine.os.id_like = fact<std::string>(system.id_like);
    made.machine.container.kind = fact(system.container);
    made.set_file("/run/ostree-booted", system.is_ostree);
    return made;
}

const Condition& condition_of(std::string_view id) {
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            if (condition.id.text == id) {
                return condition;
            }
        }
    }
    throw std::runtime_error("no such condition");
}

Steps remedy_of(const Condition& condition, const MadeFacts& made) {
    return remedy_of(page_of(condition.id.text), condition.place, Facts(made.machine));
}

Steps steps(const char* id, const Release& system) {
    return remedy_of(condition_of(id), machine_of(system));
}

TEST(Remedies, InAContainerMatchItsSystem) {
    const Release fedora{"fedora", "", ContainerKind::toolbx};
    const Release ubuntu{"ubuntu", "debian", ContainerKind::distrobox};
    const Release arch{"arch", "", ContainerKind::distrobox};
    EXPECT_THAT(steps("TRL-P001", fedora), Contains(HasSubstr("dnf install flexiblas")));
    EXPECT_THAT(steps("TRL-P001", ubuntu), Contains(HasSubstr("apt install libopenblas")));
    for (const char* id :
         {"TRL-C010", "TRL-P001", "TRL-A030", "TRL-A031", "TRL-A039", "TRL-A040", "TRL-A042",
          "TRL-A045", "TRL-A049", "TRL-G010", "TRL-G020", "TRL-N029"}) {
        EXPECT_THAT(steps(id, ubuntu), Each(Not(HasSubstr("dnf")))) << id;
        EXPECT_THAT(steps(id, arch), Each(Not(HasSubstr("dnf")))) << id;
    }
}

TEST(Remedies, InIsolatedContainersReferToTheHost) {
    const Release podman{"fedora", "", ContainerKind::podman};
    const Release kubernetes{"debian", "", ContainerKind::kubernetes};
    const Steps ask{"Run this on the host, and follow its steps:", "trilby doctor"};
    EXPECT_EQ(steps("TRL-N001", podman), ask);
    EXPECT_EQ(steps("TRL-A001", kubernetes), ask);
    EXPECT_THAT(steps("TRL-C018", kubernetes), Contains(HasSubstr("--ulimit memlock=-1")));
    EXPECT_THAT(steps("TRL-P001", kubernetes), Contains(HasSubstr("apt install")))
        << "it is fixed inside";
}

/// The steps in a container whose host is known.
Steps steps_with_host(const char* id, ContainerKind container, const char* host_id,
                      bool is_atomic) {
    MadeFacts made = machine_of({"fedora", "", container});
    Host host;
    host.os.id = fact<std::string>(host_id);
    host.is_atomic = fact(is_atomic);
    made.machine.host = fact(host);
    return remedy_of(condition_of(id), made);
}

TEST(Remedies, ForAKnownHostMatchItsSystem) {
    constexpr auto toolbx = ContainerKind::toolbx;
    EXPECT_THAT(steps_with_host("TRL-N009", toolbx, "fedora", true),
                ElementsAre("On the host:", "systemctl reboot"));
    EXPECT_THAT(steps_with_host("TRL-N022", toolbx, "fedora", true),
                Contains("rpm-ostree install xorg-x11-drv-nvidia-cuda"));
    EXPECT_THAT(steps_with_host("TRL-N010", toolbx, "debian", false), Contains(HasSubstr("dkms")))
        << "the steps for Toolbx assume a Fedora host";
    EXPECT_THAT(steps_with_host("TRL-N010", toolbx, "fedora", false),
                Contains(HasSubstr("podman stop")));
}

/// One driver serves all NVIDIA cards, so a change for one card can stop another.
TEST(Remedies, ThatChangeTheDriverFirstShowTheCardsThatWork) {
    const Release systems[] = {
        {"fedora", ""},       {"fedora", "", ContainerKind::none, true},
        {"nobara", "fedora"}, {"bazzite", "fedora", ContainerKind::none, true},
        {"rocky", "rhel"},    {"debian", ""},
        {"ubuntu", "debian"}, {"arch", ""},
        {"opensuse", "suse"}, {"gentoo", ""}};
    for (const Release& system : systems) {
        for (const char* id : {"TRL-N011", "TRL-N012", "TRL-N040"}) {
            const Steps found = steps(id, system);
            EXPECT_EQ(*std::ranges::find_if(found, is_command), "nvidia-smi -L")
                << id << " on " << system.id;
        }
    }
}

TEST(Remedies, OnUniversalBlueChangeTheImageInsteadOfLayeringADriver) {
    const Release bluefin{"bluefin", "fedora", ContainerKind::none, true};
    for (const char* id : {"TRL-N001", "TRL-N002", "TRL-N004", "TRL-N011", "TRL-N021"}) {
        EXPECT_THAT(steps(id, bluefin), Contains(HasSubstr("bluefin-nvidia-open:stable"))) << id;
        EXPECT_THAT(steps(id, bluefin), Each(Not(HasSubstr("rpm-ostree install")))) << id;
    }
}

TEST(Remedies, InAFlatpakAreAllForTheHost) {
    const Steps expected = steps_with_host("TRL-P001", ContainerKind::flatpak, "debian", false);
    EXPECT_EQ(expected.front(), "On the host:");
    EXPECT_THAT(expected, Contains(HasSubstr("apt install libopenblas")));
}

/// A Flatpak does not see the libraries of the host.
TEST(Remedies, InAFlatpakInstallItsCopyOfTheDriver) {
    for (const char* id : {"TRL-C010", "TRL-N010", "TRL-N021", "TRL-N060"}) {
        EXPECT_THAT(steps_with_host(id, ContainerKind::flatpak, "debian", false),
                    Contains("flatpak update"))
            << id;
    }
}

TEST(Remedies, UpdateASystemInItsOwnWay) {
    const Release bazzite{"bazzite", "fedora", ContainerKind::none, true};
    EXPECT_THAT(steps("TRL-A013", {"nobara", "fedora"}), Contains("nobara-sync cli"));
    EXPECT_THAT(steps("TRL-A013", {"opensuse-tumbleweed", "opensuse suse"}),
                Contains("sudo zypper dup"));
    EXPECT_THAT(steps("TRL-A013", bazzite), ElementsAre("rpm-ostree upgrade", "systemctl reboot"));
}

/// Their own release may keep an old kernel for years.
TEST(Remedies, ForAnOldKernelReachANewerOne) {
    EXPECT_THAT(steps("TRL-A015", {"debian", ""}), Contains(HasSubstr("-backports linux-image-")));
    EXPECT_THAT(steps("TRL-A015", {"ubuntu", "debian"}), Contains(HasSubstr("linux-generic-hwe-")));
}

/// A stopped toolbox is a container with the user's work.
TEST(Remedies, NeverRemoveContainers) {
    EXPECT_THAT(steps("TRL-G011", {"fedora", ""}), Each(Not(HasSubstr("system prune"))));
    EXPECT_THAT(steps("TRL-G011", {"fedora", ""}), Each(Not(HasSubstr("container prune"))));
}

}  // namespace
}  // namespace trilby::doctor
