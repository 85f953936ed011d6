// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Rules for the steps of every condition that a program can check.

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <string>

#include "base/text.hpp"
#include "doctor/page.hpp"
#include "doctor/printed_steps.hpp"
#include <trilby/doctor.hpp>

namespace trilby::doctor {
namespace {

using testing::for_each_pair;
using testing::for_each_step;
using testing::packages_in;
using testing::printed_remedies;
using testing::PrintedRemedy;
using testing::PrintedStep;
using testing::Setting;
using testing::starts_with_any;
using testing::words_of;

TEST(Steps, ExistForEveryConditionAndSystem) {
    for (const PrintedRemedy& remedy : printed_remedies()) {
        ASSERT_FALSE(remedy.steps.empty()) << remedy.condition << " in " << remedy.setting.name();
        EXPECT_FALSE(remedy.steps.back().text.ends_with(':'))
            << remedy.steps.back().where(remedy.setting);
    }
}

TEST(Steps, AreNotRepeatedAtOnce) {
    for_each_pair([](const Setting& setting, const PrintedStep& step, const PrintedStep& next) {
        EXPECT_NE(step.text, next.text) << next.where(setting);
    });
}

TEST(Steps, ReferToConditionsThatExist) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        for (std::size_t at = step.text.find("TRL-"); at != std::string::npos;
             at = step.text.find("TRL-", at + 1)) {
            EXPECT_FALSE(
                page_of(step.text.substr(at, std::string_view("TRL-N001").size())).sections.empty())
                << step.where(setting);
        }
    });
}

TEST(Steps, HaveNoInsertionLeft) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        for (const char* mark : {"{{", "}}"}) {
            EXPECT_EQ(step.text.find(mark), std::string::npos) << step.where(setting);
        }
    });
}

/// A word in capitals that the reader would have to replace: "podman stop NAME", "sudo rm FILE".
std::string placeholder_in(const std::string& command) {
    static const std::regex capitals(R"((?:^|[ /=:'"])([A-Z][A-Z0-9_]+)(?=$|[ /:'"]))");
    static const std::set<std::string> real{"ALL",    "AVC",  "AVX512_CORE_BF16",
                                            "FSTYPE", "NVRM", "PCI"};
    const bool has_variable = starts_with_any(command, {"grep ", "unset "});
    const bool is_export = command.starts_with("export ") && command.find('=') == std::string::npos;
    if (has_variable || is_export) {
        return {};
    }
    for (std::sregex_iterator match(command.begin(), command.end(), capitals), end; match != end;
         ++match) {
        if (!real.contains((*match)[1])) {
            return (*match)[1];
        }
    }
    return {};
}

TEST(Commands, HaveNoPlaceholders) {
    std::set<std::string> checked;
    for_each_step([&](const Setting& setting, const PrintedStep& step) {
        if (is_command(step.text) && checked.insert(step.text).second) {
            EXPECT_EQ(placeholder_in(step.text), "") << step.where(setting);
        }
    });
}

TEST(Commands, ThatChangeTheSystemRunAsRoot) {
    const std::set<std::string> programs{
        "akmods",           "apt",         "dkms",           "dracut",         "gpasswd",
        "grubby",           "kmodgenca",   "mokutil",        "mhwd",           "mkinitcpio",
        "modprobe",         "pacman",      "setsebool",      "usermod",        "zypper",
        "update-initramfs", "update-grub", "ubuntu-drivers", "nvidia-modprobe"};
    const std::set<std::string> actions{"install", "upgrade", "remove", "swap", "distro-sync"};
    for_each_step([&](const Setting& setting, const PrintedStep& step) {
        const auto words = split_words(step.text);
        if (!is_command(step.text) || words.size() < 2) {
            return;
        }
        const std::string first(words[0]);
        const bool is_change =
            programs.contains(first) || (first == "dnf" && actions.contains(std::string(words[1])));
        EXPECT_FALSE(is_change) << step.where(setting);
    });
}

/// DNF 5 of Fedora and DNF 4 of RHEL have different commands for repositories.
TEST(Commands, ForRepositoriesAreThoseOfTheSystemsDnf) {
    for_each_step([](const Setting& setting, const PrintedStep& step) {
        if (step.system && step.text.find("dnf config-manager") != std::string::npos) {
            const bool is_dnf_4 = step.text.find("dnf config-manager --") != std::string::npos;
            EXPECT_EQ(is_dnf_4, *step.system == System::rhel) << step.where(setting);
        }
    });
}

/// Whether a command changes something that takes effect at the next boot.
bool needs_restart(const std::string& command) {
    const auto words = words_of(command);
    const std::set<std::string> programs{"grubby",           "update-grub", "dracut",
                                         "update-initramfs", "mkinitcpio",  "kernel-install"};
    const std::string second = words.size() > 1 ? words[1] : "";
    return !words.empty() &&
           (programs.contains(words[0]) || (words[0] == "mokutil" && second == "--import") ||
            (words[0] == "rpm-ostree" && second != "status") ||
            (words[0] == "ujust" && second != "enroll-secure-boot-key"));
}

bool tells_to_restart(const PrintedStep& step) {
    return std::ranges::any_of(std::array{"systemctl reboot", "estart"}, [&](const char* word) {
        return step.text.find(word) != std::string::npos;
    });
}

TEST(Commands, ThatTakeEffectAtTheNextBootAreFollowedByARestart) {
    for (const PrintedRemedy& remedy : printed_remedies()) {
        const auto& steps = remedy.steps;
        const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const PrintedStep& step) {
            return is_command(step.text) && needs_restart(step.text);
        });
        EXPECT_TRUE(last == steps.rend() || std::any_of(last.base(), steps.end(), tells_to_restart))
            << last->where(remedy.setting);
    }
}

struct LackingProgram {
    System system;  ///< on which it is not installed by default
    std::string_view program;
    std::string_view package;
};

constexpr auto lacking_programs = std::to_array<LackingProgram>({
    {System::fedora, "kmodgenca", "akmods"},
    {System::debian, "curl", "curl"},
    {System::debian, "gpg", "gnupg"},
    {System::ubuntu, "curl", "curl"},
    {System::ubuntu, "gpg", "gnupg"},
});

/// Conditions of repositories for Fedora. Their pages have steps for Fedora alone.
const std::set<std::string_view> conditions_of_fedora{"TRL-G018", "TRL-G019"};

bool runs(const PrintedStep& step, std::string_view program) {
    const auto words = words_of(step.text);
    return is_command(step.text) && std::ranges::find(words, program) != words.end() &&
           step.text.find("install ") == std::string::npos;
}

bool installs(const PrintedStep& step, std::string_view package) {
    const auto packages = is_command(step.text) ? packages_in(step.text) : words_of("");
    return std::ranges::find(packages, package) != packages.end();
}

TEST(Commands, ComeAfterTheInstallationOfTheirProgram) {
    for (const PrintedRemedy& remedy : printed_remedies()) {
        for (const LackingProgram& lacking : lacking_programs) {
            const auto first = std::ranges::find_if(remedy.steps, [&](const PrintedStep& step) {
                return step.system == lacking.system && runs(step, lacking.program) &&
                       !conditions_of_fedora.contains(step.condition);
            });
            EXPECT_TRUE(first == remedy.steps.end() || std::any_of(remedy.steps.begin(), first,
                                                                   [&](const PrintedStep& step) {
                                                                       return installs(
                                                                           step, lacking.package);
                                                                   }))
                << first->where(remedy.setting);
        }
    }
}

}  // namespace
}  // namespace trilby::doctor
