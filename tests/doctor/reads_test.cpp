// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A condition reads only the variables and files that it declares, and the probe reads no others.

#include <boost/pfr.hpp>
#include <gtest/gtest.h>
#include <set>

#include "doctor/cases.hpp"
#include "doctor/condition.hpp"
#include "support/test_files.hpp"

namespace trilby::doctor {
namespace {

using testing::ConditionCase;
using testing::MadeFacts;
using Names = std::set<watched::Name>;

/// A machine, and the same machine in two kinds of container.
void add_with_containers(std::vector<Machine>& machines, const Machine& machine) {
    machines.push_back(machine);
    for (const ContainerKind kind : {ContainerKind::toolbx, ContainerKind::podman}) {
        machines.push_back(machine);
        machines.back().container.kind = testing::fact(kind);
    }
}

std::vector<Machine> all_machines() {
    std::vector<Machine> machines;
    for (const ConditionCase& one : testing::condition_cases()) {
        for (auto* const change : {one.fire, one.miss}) {
            MadeFacts made = one.healthy();
            change(made);
            add_with_containers(machines, made.machine);
        }
    }
    for (const auto& entry : std::filesystem::directory_iterator(testing::made_machines())) {
        if (entry.is_directory()) {
            add_with_containers(machines, probe({.root = entry.path() / "tree"}));
        }
    }
    return machines;
}

/// The names that a condition asks for on any machine.
Names asked_by(const Condition& condition, const std::vector<Machine>& machines) {
    Names asked;
    for (const Machine& machine : machines) {
        Facts facts(machine);
        facts.asked = &asked;
        static_cast<void>(condition.find(facts));
        if (condition.weigh != nullptr) {
            static_cast<void>(condition.weigh(facts));
        }
    }
    return asked;
}

TEST(Reads, MatchWhatTheConditionAsksFor) {
    const std::vector<Machine> machines = all_machines();
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            EXPECT_EQ(asked_by(condition, machines),
                      Names(condition.reads.begin(), condition.reads.end()))
                << condition.id.text;
        }
    }
}

TEST(Reads, CoverAllThatTheProbeReads) {
    Names read{atomic_marker};
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            read.insert(condition.reads.begin(), condition.reads.end());
        }
    }
    Names watched;
    const auto add = [&](watched::Name name) { EXPECT_TRUE(watched.insert(name).second) << name; };
    boost::pfr::for_each_field(watched::variables, add);
    boost::pfr::for_each_field(watched::files, add);
    boost::pfr::for_each_field(watched::texts, add);
    EXPECT_EQ(read, watched);
}

}  // namespace
}  // namespace trilby::doctor
