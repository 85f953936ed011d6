// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "doctor/printed_steps.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <map>

#include "base/text.hpp"
#include "doctor/condition.hpp"
#include "doctor/made_facts.hpp"
#include "doctor/remedy.hpp"

namespace trilby::testing {
namespace {

using doctor::Condition;
using doctor::Facts;

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

/// Sentences such as "On the host:" and "In the container:" say where the next commands run.
std::vector<PrintedStep> printed_steps(const Setting& setting, const Condition& condition) {
    const MadeFacts made = machine_in(setting);
    const Facts facts(made.machine);
    bool is_on_host = setting.container == ContainerKind::none;
    std::optional<System> system = facts.system;
    std::vector<PrintedStep> printed;
    for (const std::string& step :
         doctor::remedy_of(doctor::page_of(condition.id.text), condition.place, facts)) {
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

bool is_plain_package(std::string_view word) {
    return !word.starts_with('-') && word.find_first_of("*'\"$/()%") == std::string_view::npos;
}

}  // namespace

std::string Setting::name() const {
    return fmt::format("{} {} {}", system_title(system), container_name(container),
                       host ? system_title(*host) : "");
}

std::string PrintedStep::where(const Setting& setting) const {
    return fmt::format("{} in {}: {}", condition, setting.name(), text);
}

const std::vector<PrintedRemedy>& printed_remedies() {
    static const auto all = [] {
        std::vector<PrintedRemedy> remedies;
        for (const Setting& setting : settings()) {
            for (const doctor::Family& family : doctor::families()) {
                for (const Condition& condition : family.conditions) {
                    remedies.push_back(
                        {setting, condition.id.text, printed_steps(setting, condition)});
                }
            }
        }
        return remedies;
    }();
    return all;
}

void for_each_step(const std::function<void(const Setting&, const PrintedStep&)>& check) {
    for (const PrintedRemedy& remedy : printed_remedies()) {
        for (const PrintedStep& step : remedy.steps) {
            check(remedy.setting, step);
        }
    }
}

void for_each_pair(
    const std::function<void(const Setting&, const PrintedStep&, const PrintedStep&)>& check) {
    for (const PrintedRemedy& remedy : printed_remedies()) {
        for (std::size_t i = 1; i < remedy.steps.size(); ++i) {
            check(remedy.setting, remedy.steps[i - 1], remedy.steps[i]);
        }
    }
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
    return std::ranges::any_of(starts,
                               [&](std::string_view start) { return text.starts_with(start); });
}

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

std::vector<std::string> packages_in(const std::string& command) {
    const auto words = words_of(command);
    constexpr std::array<std::string_view, 5> managers{"dnf", "apt", "rpm-ostree", "pacman",
                                                       "zypper"};
    constexpr std::array<std::string_view, 6> actions{"install", "reinstall", "swap",
                                                      "-S",      "-Syu",      "in"};
    if (words.size() < 3 || std::ranges::find(managers, words[0]) == managers.end() ||
        std::ranges::find(actions, words[1]) == actions.end()) {
        return {};
    }
    std::vector<std::string> packages;
    std::copy_if(words.begin() + 2, words.end(), std::back_inserter(packages), is_plain_package);
    return packages;
}

}  // namespace trilby::testing
