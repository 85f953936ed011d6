// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// No condition takes what could not be read for missing.

#include <algorithm>
#include <gtest/gtest.h>
#include <set>
#include <string>
#include <vector>

#include "doctor/made_facts.hpp"
#include "machine/requirements.hpp"
#include <trilby/doctor.hpp>

namespace trilby::doctor {
namespace {

using testing::fact;
using testing::MadeFacts;

template <class T>
void clear(Observed<std::vector<T>>& list) {
    list = fact(std::vector<T>(), list.source());
}

/// Nothing of a kernel's folder was readable.
void clear_kernels(Machine& machine) {
    std::vector<KernelFolder> kernels = machine.environment.kernels.value_or({});
    for (KernelFolder& kernel : kernels) {
        kernel = {.release = kernel.release};
    }
    machine.environment.kernels = fact(kernels, "/lib/modules");
}

struct List {
    FactList list;
    void (*clear)(Machine&);
};

std::vector<List> lists() {
    return {
        {FactList::drivers, [](Machine& machine) { clear(machine.drivers); }},
        {FactList::libraries, [](Machine& machine) { clear(machine.libraries); }},
        {FactList::libtorch, [](Machine& machine) { clear(machine.libtorch); }},
        {FactList::kernels, clear_kernels},
        {FactList::failed_builds,
         [](Machine& machine) { clear(machine.environment.failed_builds); }},
        {FactList::repositories, [](Machine& machine) { clear(machine.environment.repositories); }},
        {FactList::module_settings,
         [](Machine& machine) { clear(machine.environment.module_settings); }},
        {FactList::removal_rules,
         [](Machine& machine) { clear(machine.environment.removal_rules); }},
        {FactList::gcc_versions, [](Machine& machine) { clear(machine.environment.gcc_versions); }},
        {FactList::nvswitches, [](Machine& machine) { clear(machine.environment.nvswitches); }}};
}

/// The module of the card is there, but not loaded.
MadeFacts unloaded_nvidia_machine() {
    MadeFacts made = testing::healthy_nvidia_machine();
    made.bind("");
    made.unload("nvidia");
    return made;
}

std::set<std::string> ids_of(const Machine& machine) {
    std::set<std::string> ids;
    for (const Finding& finding : diagnose(machine).findings) {
        ids.insert(finding.id);
    }
    return ids;
}

/// The conditions that say no more than that a card has no driver, if nothing explains it.
void remove_symptoms(std::set<std::string>& ids) {
    ids.erase("TRL-N004");
}

TEST(UnreadLists, CauseNoFinding) {
    for (const auto& make : {testing::healthy_nvidia_machine, testing::healthy_amd_machine,
                             testing::healthy_cpu_machine, unloaded_nvidia_machine}) {
        const auto before = ids_of(make().machine);
        for (const List& list : lists()) {
            MadeFacts made = make();
            list.clear(made.machine);
            made.machine.environment.unread = {{list.list, "/closed", Presence::denied}};
            if (list.list == FactList::kernels) {
                made.machine.environment.unread.front().path = "/lib/modules";
            }
            auto after = ids_of(made.machine);
            remove_symptoms(after);
            EXPECT_TRUE(std::ranges::includes(before, after))
                << "list " << static_cast<int>(list.list) << ": " << *after.begin();
        }
    }
}

TEST(UnreadLists, AreReportedIfFamiliesDependOnThem) {
    for (const FactList list : {FactList::drivers, FactList::libraries, FactList::libtorch,
                                FactList::kernels, FactList::module_settings}) {
        MadeFacts made = testing::healthy_cpu_machine();
        made.machine.environment.unread = {{list, "/closed/a", Presence::denied},
                                           {list, "/closed/b", Presence::malformed}};
        const auto unread = diagnose(made.machine).unread;
        const auto found =
            std::ranges::find(unread, "/closed/a may not be read", &UnreadFacts::reason);
        ASSERT_NE(found, unread.end()) << static_cast<int>(list);
        EXPECT_FALSE(found->families.empty());
    }
}

TEST(UnreadLists, MakeARequirementUnknown) {
    MadeFacts made = testing::healthy_nvidia_machine();
    clear(made.machine.libraries);
    clear(made.machine.drivers);
    const auto answer = [&](std::string_view id) {
        const auto requirements = cuda_requirements(made.machine);
        return std::ranges::find(requirements, id, &Requirement::id)->answer;
    };
    EXPECT_EQ(answer("nvidia-cuda-library"), Answer::missed);
    EXPECT_EQ(answer("nvidia-driver"), Answer::missed);
    made.machine.environment.unread = {{FactList::libraries, "/usr/lib64", Presence::denied},
                                       {FactList::drivers, "/sys/module", Presence::denied}};
    EXPECT_EQ(answer("nvidia-cuda-library"), Answer::unknown);
    EXPECT_EQ(answer("nvidia-driver"), Answer::unknown);
}

/// A file of modprobe.d that may not be read may keep the module out.
TEST(UnreadLists, LeaveOpenWhyAModuleIsNotLoaded) {
    MadeFacts made = unloaded_nvidia_machine();
    EXPECT_TRUE(ids_of(made.machine).contains("TRL-N005"));
    made.machine.environment.unread = {
        {FactList::module_settings, "/etc/modprobe.d/a.conf", Presence::denied}};
    EXPECT_EQ(ids_of(made.machine), std::set<std::string>{"TRL-N004"});
}

}  // namespace
}  // namespace trilby::doctor
