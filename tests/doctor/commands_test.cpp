// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Every step of every condition, for every system and every kind of container: commands work as
/// pasted, and belong to the system that they are printed for.

#include <algorithm>
#include <array>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "doctor/condition.hpp"
#include "doctor/made_facts.hpp"
#include "doctor/packages.hpp"
#include "doctor/remedy.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::doctor {
namespace {

using testing::fact;
using testing::MadeFacts;

struct Release {
    const char* id;
    bool is_image_based = false;
};

const std::map<System, Release> releases{
    {System::fedora, {"fedora"}},
    {System::nobara, {"nobara"}},
    {System::atomic, {"fedora", true}},
    {System::universal_blue, {"bazzite", true}},
    {System::rhel, {"rocky"}},
    {System::debian, {"debian"}},
    {System::ubuntu, {"ubuntu"}},
    {System::arch, {"arch"}},
    {System::suse, {"opensuse-tumbleweed"}},
    {System::other, {"gentoo"}},
};

/// Where steps are printed: a host, or a container with an image, and a host that it may show.
struct Setting {
    System system;
    ContainerKind container = ContainerKind::none;
    std::optional<System> host = std::nullopt;

    [[nodiscard]] std::string name() const {
        return fmt::format("{} {} {}", system_title(system), container_name(container),
                           host ? system_title(*host) : "");
    }
};

std::vector<Setting> settings() {
    std::vector<Setting> all;
    for (const auto& [system, release] : releases) {
        all.push_back({system});
        all.push_back({System::fedora, ContainerKind::toolbx, system});
        all.push_back({System::ubuntu, ContainerKind::flatpak, system});
    }
    for (const System image : {System::fedora, System::ubuntu, System::arch}) {
        all.push_back({image, ContainerKind::toolbx});
        all.push_back({image, ContainerKind::distrobox});
        all.push_back({image, ContainerKind::docker});
    }
    return all;
}

MadeFacts machine_in(const Setting& setting) {
    MadeFacts made;
    made.machine.os.id = fact<std::string>(releases.at(setting.system).id);
    made.machine.container.kind = fact(setting.container);
    made.set_file("/run/ostree-booted", releases.at(setting.system).is_image_based);
    if (setting.host) {
        Host host;
        host.os.id = fact<std::string>(releases.at(*setting.host).id);
        host.is_atomic = fact(releases.at(*setting.host).is_image_based);
        made.machine.host = fact(host);
    }
    return made;
}

struct PrintedStep {
    std::string condition;
    std::string text;
    /// The system that it is for; nothing if that is unknown.
    std::optional<System> system;
    bool is_for_host = false;

    [[nodiscard]] std::string where(const Setting& setting) const {
        return fmt::format("{} in {}: {}", condition, setting.name(), text);
    }
};

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
    return std::ranges::any_of(starts,
                               [&](std::string_view start) { return text.starts_with(start); });
}

/// Sentences such as "On the host:" and "In the container:" say where the next commands run.
std::vector<PrintedStep> printed_steps(const Setting& setting, const Condition& condition) {
    const MadeFacts made = machine_in(setting);
    const Facts facts(made.machine);
    bool is_on_host = setting.container == ContainerKind::none;
    std::optional<System> system = facts.system;
    std::vector<PrintedStep> printed;
    for (const std::string& step : remedy_of(page_of(condition.id.text), condition.place, facts)) {
        if (starts_with_any(step, {"On the host", "Run this on the host"})) {
            is_on_host = true;
            system = setting.container == ContainerKind::none ? facts.system : setting.host;
        } else if (step.starts_with("In a toolbox")) {
            is_on_host = false;
            system = System::fedora;
        } else if (starts_with_any(step, {"In the container", "Recreate the container"})) {
            is_on_host = false;
            system = facts.system;
        }
        printed.push_back({std::string(condition.id.text), step, system, is_on_host});
    }
    return printed;
}

void for_each_step(const std::function<void(const Setting&, const PrintedStep&)>& check) {
    for (const Setting& setting : settings()) {
        for (const Family& family : families()) {
            for (const Condition& condition : family.conditions) {
                for (const PrintedStep& step : printed_steps(setting, condition)) {
                    check(setting, step);
                }
            }
        }
    }
}

TEST(Steps, ExistForEveryConditionAndSystem) {
    for (const Setting& setting : settings()) {
        for (const Family& family : families()) {
            for (const Condition& condition : family.conditions) {
                const auto steps = printed_steps(setting, condition);
                ASSERT_FALSE(steps.empty()) << condition.id.text << " in " << setting.name();
                EXPECT_FALSE(steps.back().text.ends_with(':')) << steps.back().where(setting);
            }
        }
    }
}

TEST(Steps, HaveNoInsertionLeft) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        for (const char* mark : {"{{", "}}"}) {
            EXPECT_EQ(step.text.find(mark), std::string::npos) << step.where(setting);
        }
    });
}

/// Without sudo and variables: "dnf" for "sudo LC_ALL=C dnf install x".
std::vector<std::string> words_of(std::string_view command) {
    std::vector<std::string> words;
    for (const std::string_view word : split_words(command)) {
        const bool is_prefix = word == "sudo" || word.find('=') != std::string_view::npos;
        if (!words.empty() || !is_prefix) {
            words.emplace_back(word);
        }
    }
    return words;
}

/// A sentence that lacks its full stop would count as a command.
TEST(Commands, StartWithAProgram) {
    const std::set<std::string> programs{"add-apt-repository",
                                         "akmods",
                                         "apt",
                                         "cat",
                                         "curl",
                                         "distrobox",
                                         "dkms",
                                         "dnf",
                                         "docker",
                                         "dracut",
                                         "driverctl",
                                         "du",
                                         "echo",
                                         "envycontrol",
                                         "system76-power",
                                         "export",
                                         "fallocate",
                                         "btrfs",
                                         "find",
                                         "findmnt",
                                         "flatpak",
                                         "gpasswd",
                                         "grep",
                                         "grubby",
                                         "journalctl",
                                         "kmodgenca",
                                         "ldconfig",
                                         "ls",
                                         "lspci",
                                         "mkinitcpio",
                                         "mkswap",
                                         "mkdir",
                                         "modinfo",
                                         "modprobe",
                                         "module",
                                         "mokutil",
                                         "nvidia-ctk",
                                         "nvidia-smi",
                                         "nvidia-modprobe",
                                         "pacman",
                                         "pip",
                                         "pip3",
                                         "podman",
                                         "powerprofilesctl",
                                         "pct",
                                         "incus",
                                         "prime-select",
                                         "printf",
                                         "python3",
                                         "python3.12",
                                         "rm",
                                         "rocm-smi",
                                         "rocminfo",
                                         "rpm",
                                         "rpm-ostree",
                                         "semodule",
                                         "setsebool",
                                         "sed",
                                         "sh",
                                         "ubuntu-drivers",
                                         "sudoedit",
                                         "supergfxctl",
                                         "swapon",
                                         "systemctl",
                                         "tail",
                                         "tee",
                                         "toolbox",
                                         "tuned-adm",
                                         "zgrep",
                                         "trilby",
                                         "ujust",
                                         "udevadm",
                                         "unset",
                                         "update-grub",
                                         "usermod",
                                         "wsl",
                                         "zypper",
                                         "depmod",
                                         "chmod",
                                         "restorecon",
                                         "update-initramfs",
                                         "bootc",
                                         "kernel-install",
                                         "lsmod",
                                         "dmesg",
                                         "prime-offload",
                                         "apt-get",
                                         "update-secureboot-policy",
                                         "update-alternatives",
                                         "ausearch",
                                         "getenforce",
                                         "getent",
                                         "loginctl",
                                         "newgrp",
                                         "nobara-driver-manager",
                                         "nobara-sync",
                                         "source"};
    for_each_step([&](const Setting& setting, const PrintedStep& step) {
        if (is_command(step.text)) {
            const auto words = words_of(step.text);
            const bool is_own = !words.empty() && words.front().starts_with("~/");
            EXPECT_TRUE(!words.empty() && (is_own || programs.contains(words.front())))
                << step.where(setting);
        }
    });
}

TEST(Commands, AreAcceptedByTheShell) {
    const testing::TemporaryFolder folder;
    const std::string path = folder.path() / "commands.sh";
    std::set<std::string> commands;
    for_each_step([&](const Setting&, const PrintedStep& step) {
        if (is_command(step.text)) {
            commands.insert(step.text);
        }
    });
    // One check for all is fast. Only a failure needs to know which command it is.
    const auto is_accepted = [&](const std::set<std::string>& some) {
        std::ofstream script(path);
        for (const std::string& command : some) {
            script << command << "\n";
        }
        script.close();
        return std::system(fmt::format("bash -n '{}'", path).c_str()) == 0;
    };
    if (!is_accepted(commands)) {
        for (const std::string& command : commands) {
            EXPECT_TRUE(is_accepted({command})) << command;
        }
    }
}

/// The programs that only some systems have.
const std::map<std::string, std::set<System>> programs_of_systems{
    {"dnf", {System::fedora, System::nobara, System::rhel}},
    {"grubby", {System::fedora, System::nobara, System::rhel}},
    {"akmods", {System::fedora, System::nobara, System::rhel}},
    {"dracut", {System::fedora, System::nobara, System::rhel, System::suse}},
    {"nobara-sync", {System::nobara}},
    {"rpm-ostree", {System::atomic, System::universal_blue}},
    {"ujust", {System::universal_blue}},
    {"apt", {System::debian, System::ubuntu}},
    {"update-grub", {System::debian, System::ubuntu}},
    {"update-initramfs", {System::debian, System::ubuntu}},
    {"ubuntu-drivers", {System::ubuntu}},
    {"prime-select", {System::ubuntu, System::suse}},
    {"pacman", {System::arch}},
    {"mkinitcpio", {System::arch}},
    {"zypper", {System::suse}},
};

TEST(Commands, ExistOnTheirSystem) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        const auto words = words_of(step.text);
        if (!is_command(step.text) || words.empty() || !step.system) {
            return;
        }
        const auto program = programs_of_systems.find(words.front());
        if (program != programs_of_systems.end()) {
            EXPECT_TRUE(program->second.contains(*step.system)) << step.where(setting);
        }
    });
}

TEST(Commands, InContainersNeverRestartOrChangeTheKernel) {
    const std::set<std::string> programs{"systemctl", "grubby",     "dracut",      "modprobe",
                                         "usermod",   "rpm-ostree", "update-grub", "mokutil",
                                         "akmods",    "dkms",       "mkinitcpio",  "ujust"};
    for_each_step([&](const Setting& setting, const PrintedStep& step) {
        const auto words = words_of(step.text);
        if (!step.is_for_host && is_command(step.text) && !words.empty()) {
            EXPECT_FALSE(programs.contains(words.front())) << step.where(setting);
        }
    });
}

bool changes_the_image(std::string_view command) {
    const auto words = words_of(command);
    return words.size() > 1 && words[0] == "rpm-ostree" && words[1] != "status";
}

bool restarts(std::string_view step) {
    return step.find("systemctl reboot") != std::string_view::npos ||
           step.find("estart") != std::string_view::npos;
}

/// rpm-ostree prepares a new image, which the machine uses after a restart.
TEST(Commands, ThatChangeAnImageAreFollowedByARestart) {
    for (const Setting& setting : settings()) {
        for (const Family& family : families()) {
            for (const Condition& condition : family.conditions) {
                bool is_pending = false;
                for (const PrintedStep& step : printed_steps(setting, condition)) {
                    is_pending = (is_pending && !restarts(step.text)) ||
                                 (is_command(step.text) && changes_the_image(step.text));
                }
                EXPECT_FALSE(is_pending) << condition.id.text << " in " << setting.name();
            }
        }
    }
}

bool is_plain_package(std::string_view word) {
    return !word.starts_with('-') && word.find_first_of("*'\"$/()%") == std::string_view::npos;
}

/// The packages that a command installs.
std::vector<std::string> packages_in(const std::string& command) {
    const auto words = words_of(command);
    constexpr std::array<std::string_view, 5> managers{"dnf", "apt", "rpm-ostree", "pacman",
                                                       "zypper"};
    constexpr std::array<std::string_view, 5> actions{"install", "reinstall", "swap", "-S", "in"};
    if (words.size() < 3 || std::ranges::find(managers, words[0]) == managers.end() ||
        std::ranges::find(actions, words[1]) == actions.end()) {
        return {};
    }
    std::vector<std::string> packages;
    std::copy_if(words.begin() + 2, words.end(), std::back_inserter(packages), is_plain_package);
    return packages;
}

bool is_known_package(const std::string& name, System system) {
    const bool is_here = std::ranges::any_of(known_packages(), [&](const Package& package) {
        const auto names = split_words(package.packages);
        return package.system == system && std::ranges::find(names, name) != names.end();
    });
    return is_here || (system != System::other && is_known_package(name, base_of(system)));
}

TEST(Commands, InstallPackagesThatTheSystemHas) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        if (is_command(step.text) && step.system) {
            for (const std::string& name : packages_in(step.text)) {
                EXPECT_TRUE(is_known_package(name, *step.system)) << step.where(setting);
            }
        }
    });
}

}  // namespace
}  // namespace trilby::doctor
