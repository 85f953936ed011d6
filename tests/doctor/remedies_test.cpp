// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The steps match the system: its packages, and whether it is a container.

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string_view>

#include "base/text.hpp"
#include "doctor/cases.hpp"

namespace trilby::doctor {
namespace {

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

System system_for(const Release& system) {
    return system_of(machine_of(system).machine);
}

TEST(Systems, AreDetectedByTheirReleaseAndBase) {
    constexpr auto host = ContainerKind::none;
    EXPECT_EQ(system_for({"fedora", ""}), System::fedora);
    EXPECT_EQ(system_for({"fedora", "", host, true}), System::atomic);
    EXPECT_EQ(system_for({"bazzite", "fedora", host, true}), System::atomic);
    EXPECT_EQ(system_for({"ultramarine", "fedora"}), System::fedora);
    EXPECT_EQ(system_for({"debian", ""}), System::debian);
    EXPECT_EQ(system_for({"linuxmint", "ubuntu debian"}), System::debian);
    EXPECT_EQ(system_for({"pop", "ubuntu debian"}), System::debian);
    EXPECT_EQ(system_for({"rocky", "rhel centos fedora"}), System::other);
    EXPECT_EQ(system_for({"rhel", "fedora"}), System::other);
    EXPECT_EQ(system_for({"amzn", "fedora"}), System::other);
    EXPECT_EQ(system_for({"arch", ""}), System::other);
    EXPECT_EQ(system_for({"fedora", "", ContainerKind::toolbx, true}), System::fedora);
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

std::string steps(const char* id, const Release& system) {
    const MadeFacts made = machine_of(system);
    return remedy_for(condition_of(id), Facts(made.machine));
}

TEST(Remedies, InAContainerMatchItsSystem) {
    const Release fedora{"fedora", "", ContainerKind::toolbx};
    const Release ubuntu{"ubuntu", "debian", ContainerKind::distrobox};
    const Release arch{"arch", "", ContainerKind::distrobox};
    EXPECT_THAT(steps("TRL-P001", fedora), HasSubstr("dnf install flexiblas"));
    EXPECT_THAT(steps("TRL-P001", ubuntu), HasSubstr("apt install libopenblas"));
    EXPECT_THAT(steps("TRL-P001", arch), HasSubstr("Install an optimized BLAS"));
    EXPECT_THAT(steps("TRL-C010", fedora), HasSubstr("dnf remove"));
    for (const char* id :
         {"TRL-C010", "TRL-P001", "TRL-A030", "TRL-A031", "TRL-A039", "TRL-A040", "TRL-A042",
          "TRL-A045", "TRL-A049", "TRL-G010", "TRL-G020", "TRL-N029"}) {
        EXPECT_THAT(steps(id, ubuntu), Not(HasSubstr("dnf"))) << id;
        EXPECT_THAT(steps(id, arch), Not(HasSubstr("dnf"))) << id;
    }
    EXPECT_THAT(steps("TRL-C010", ubuntu), HasSubstr("On the host: ")) << "this step stays";
    EXPECT_THAT(steps("TRL-A002", ubuntu), HasSubstr("On the host: "));
}

TEST(Remedies, InIsolatedContainersReferToTheHost) {
    const Release podman{"fedora", "", ContainerKind::podman};
    const Release kubernetes{"debian", "", ContainerKind::kubernetes};
    EXPECT_EQ(steps("TRL-N001", podman), "On the host: run 'trilby doctor' and follow its steps.");
    EXPECT_EQ(steps("TRL-A001", kubernetes),
              "On the host: run 'trilby doctor' and follow its steps.");
    EXPECT_THAT(steps("TRL-A004", podman), HasSubstr("--group-add keep-groups (Podman)"));
    EXPECT_THAT(steps("TRL-C018", kubernetes), HasSubstr("--ulimit memlock=-1"));
    EXPECT_THAT(steps("TRL-N014", podman), HasSubstr("nvidia.com/gpu=all"));
    EXPECT_THAT(steps("TRL-P001", kubernetes), HasSubstr("apt install")) << "it is fixed inside";
}

/// The steps in a toolbox whose host is known.
std::string steps_with_host(const char* id, const char* host_id, bool is_atomic) {
    MadeFacts made = machine_of({"fedora", "", ContainerKind::toolbx});
    Host host;
    host.os.id = fact<std::string>(host_id);
    host.is_atomic = fact(is_atomic);
    made.machine.host = fact(host);
    return remedy_for(condition_of(id), Facts(made.machine));
}

TEST(Remedies, ForAKnownHostMatchItsSystem) {
    EXPECT_EQ(steps_with_host("TRL-N022", "fedora", false),
              "On the host: sudo dnf install xorg-x11-drv-nvidia-cuda");
    EXPECT_EQ(steps_with_host("TRL-N022", "fedora", true),
              "On the host: rpm-ostree install xorg-x11-drv-nvidia-cuda\n"
              "On the host: systemctl reboot");
    EXPECT_EQ(steps_with_host("TRL-N022", "debian", false),
              "On Debian: sudo apt install nvidia-smi");
    EXPECT_THAT(steps_with_host("TRL-N010", "debian", false), HasSubstr("dkms"))
        << "the steps for Toolbx assume a Fedora host";
    EXPECT_THAT(steps_with_host("TRL-N010", "fedora", false), HasSubstr("podman stop NAME"));
}

/// Checks each step of every condition on a system.
template <class Check>
void for_each_step(const Release& system, Check check) {
    const MadeFacts made = machine_of(system);
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            const std::string remedy = remedy_for(condition, Facts(made.machine));
            for (const std::string_view line : split_lines(remedy)) {
                check(condition, line);
            }
        }
    }
}

/// "In a toolbox: sudo dnf ...", as opposed to a step for the system itself.
bool is_for_container(std::string_view line) {
    return line.starts_with("In a toolbox") || line.starts_with("In a container");
}

/// "On the host: ..." or "On an Atomic host instead: ...".
bool is_for_host(std::string_view line) {
    return line.starts_with("On ");
}

TEST(Remedies, OnAtomicDoNotChangeReadOnlyFiles) {
    for_each_step({"fedora", "", ContainerKind::none, true}, [](const Condition& condition,
                                                                std::string_view line) {
        if (is_for_container(line) || is_for_host(line)) {
            return;
        }
        for (const char* word : {"sudo dnf", "grubby", "dracut", "rm /usr/"}) {
            EXPECT_EQ(line.find(word), std::string_view::npos) << condition.id.text << ": " << line;
        }
    });
}

TEST(Remedies, InContainersNeverRestartOrChangeTheKernel) {
    for (const ContainerKind kind :
         {ContainerKind::toolbx, ContainerKind::distrobox, ContainerKind::docker}) {
        for (const char* id : {"fedora", "ubuntu", "arch"}) {
            for_each_step({id, "", kind}, [](const Condition& condition, std::string_view line) {
                if (is_for_host(line)) {
                    return;
                }
                for (const char* word : {"sudo systemctl", "grubby", "dracut", "modprobe ",
                                         "usermod", "rpm-ostree", "update-grub"}) {
                    EXPECT_EQ(line.find(word), std::string_view::npos)
                        << condition.id.text << ": " << line;
                }
            });
        }
    }
}

bool starts_with_command(std::string_view line) {
    constexpr std::array<std::string_view, 34> commands{
        "sudo",       "sudoedit",  "rpm-ostree",
        "dnf",        "rpm",       "systemctl",
        "journalctl", "toolbox",   "podman",
        "docker",     "distrobox", "pip",
        "python3",    "export",    "unset",
        "echo",       "cat",       "grep",
        "ls",         "du",        "nvidia-smi",
        "nvidia-ctk", "trilby",    "driverctl",
        "rocminfo",   "rocm-smi",  "module",
        "modprobe",   "apt",       "mokutil",
        "grubby",     "curl",      "powerprofilesctl",
        "wsl"};
    const std::string_view word = line.substr(0, line.find(' '));
    return std::ranges::find(commands, word) != commands.end() || line.starts_with("~/");
}

/// This includes commands after "On the host: " or "If that does not help: ".
TEST(Remedies, HaveCommandsOnlyAloneOrAtTheEnd) {
    for (const Explanation& condition : known_conditions()) {
        for (const auto& remedy : condition.remedies) {
            for (const std::string& line : remedy.steps) {
                const std::size_t colon = line.rfind(": ");
                const std::string_view last =
                    std::string_view(line).substr(colon == std::string::npos ? 0 : colon + 2);
                for (const std::string_view part : {std::string_view(line), last}) {
                    EXPECT_FALSE(starts_with_command(part) &&
                                 part.find(", ") != std::string_view::npos)
                        << condition.id << ": " << line;
                }
            }
        }
    }
}

}  // namespace
}  // namespace trilby::doctor
