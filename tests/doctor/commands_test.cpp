// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Every step of every condition, for every system and every kind of container: commands work as
/// pasted, and belong to the system that they are printed for.

#include <cstdio>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

#include "doctor/condition.hpp"
#include "doctor/printed_steps.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::doctor {
namespace {

using testing::for_each_step;
using testing::PrintedStep;
using testing::Setting;
using testing::words_of;

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
                                         "dpkg",
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
                                         "mhwd",
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
                                         "nvidia-uninstall",
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
                                         "wget",
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
    {"mhwd", {System::arch}},
    {"mkinitcpio", {System::arch}},
    {"zypper", {System::suse}},
};

/// Their messages, such as rpm's "file X is not owned by any package", would be packages to remove.
TEST(Commands, DoNotRemoveWhatAnotherCommandPrints) {
    const std::set<std::string> actions{"remove", "purge", "autoremove", "-R", "-Rs", "-Rns"};
    for_each_step([&](const Setting& setting, const PrintedStep& step) {
        const auto words = words_of(step.text);
        if (is_command(step.text) && words.size() > 2 && actions.contains(words[1])) {
            EXPECT_EQ(step.text.find_first_of("$`"), std::string::npos) << step.where(setting);
        }
    });
}

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

}  // namespace
}  // namespace trilby::doctor
