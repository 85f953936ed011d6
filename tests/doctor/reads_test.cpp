// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A condition reads only the variables and files that it declares, and the probe reads no others.

#include <boost/pfr.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

#include "doctor/all_machines.hpp"
#include "doctor/condition.hpp"
#include "machine/nvidia.hpp"

namespace trilby::doctor {
namespace {

using Names = std::set<watched::Name>;

/// The names that a condition asks for on any machine.
Names asked_by(const Condition& condition, const std::vector<testing::NamedMachine>& machines) {
    Names asked;
    for (const auto& [name, machine] : machines) {
        Facts facts(machine);
        facts.asked = &asked;
        static_cast<void>(condition.find(facts));
        if (condition.weigh != nullptr) {
            static_cast<void>(condition.weigh(facts));
        }
        if (condition.values != nullptr) {
            static_cast<void>(condition.values(facts));
        }
    }
    return asked;
}

TEST(Reads, MatchWhatTheConditionAsksFor) {
    const auto machines = testing::all_machines();
    for (const Family& family : families()) {
        for (const Condition& condition : family.conditions) {
            EXPECT_EQ(asked_by(condition, machines),
                      Names(condition.reads.begin(), condition.reads.end()))
                << condition.id.text;
        }
    }
}

TEST(Reads, AskOnlyForCpuFeaturesThatTheProbeLooksFor) {
    std::set<cpu_features::Name> known;
    const auto add = [&](cpu_features::Name name) { known.insert(name); };
    boost::pfr::for_each_field(cpu_features::x86, add);
    boost::pfr::for_each_field(cpu_features::arm, add);
    std::set<cpu_features::Name> asked;
    for (const auto& [name, machine] : testing::all_machines()) {
        Facts facts(machine);
        facts.asked_features = &asked;
        for (const Family& family : families()) {
            for (const Condition& condition : family.conditions) {
                static_cast<void>(condition.find(facts));
            }
        }
    }
    EXPECT_THAT(known, ::testing::IsSupersetOf(asked));
    EXPECT_TRUE(asked.contains(cpu_features::x86.avx_ne_convert));
}

TEST(Reads, CoverAllThatTheProbeReads) {
    Names read{atomic_marker, nvidia_node_maker};
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
