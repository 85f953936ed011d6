// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/places.hpp"

#include <fstream>
#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

namespace trilby::cores {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<std::string> names_of(const std::vector<Condition>& conditions) {
    std::vector<std::string> names;
    for (const Condition& condition : conditions) {
        names.emplace_back(condition.name);
    }
    return names;
}

std::vector<std::uint32_t> cpus_of(const Group& group) {
    std::vector<std::uint32_t> cpus;
    for (const CpuPlace& place : group) {
        cpus.push_back(place.cpu);
    }
    return cpus;
}

/// Two cores with two threads each, numbered as on most servers.
std::vector<CpuPlace> two_cores_with_smt() {
    return {{0, "0", "0", "0,2"}, {1, "1", "0", "1,3"}, {2, "0", "0", "0,2"}, {3, "1", "0", "1,3"}};
}

TEST(Places, AreReadFromTheTopology) {
    const testing::TemporaryFolder root;
    const auto folder = root.path() / "sys/devices/system/cpu/cpu3/topology";
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "core_id") << "7\n";
    std::ofstream(folder / "physical_package_id") << "1\n";
    std::ofstream(folder / "thread_siblings_list") << "3,67\n";
    const platform::FileTree tree(root.path());
    EXPECT_EQ(name_of(place_of(3, tree)), "CPU 3 (core 7 of package 1, SMT siblings 3,67)");
    EXPECT_EQ(name_of(place_of(4, tree)), "CPU 4 (core unknown of package unknown)");
}

TEST(Places, OfThisProcessAreNotEmpty) {
    EXPECT_THAT(usable_places(platform::FileTree()), Not(IsEmpty()));
}

TEST(Conditions, TryEachCpuAloneColdAndHotWithItsSiblingAndWithAll) {
    const auto conditions = conditions_of(two_cores_with_smt());
    EXPECT_THAT(names_of(conditions), ElementsAre("alone and cold", "with its SMT siblings",
                                                  "with all CPUs", "alone after all CPUs"));
    EXPECT_EQ(conditions[0].groups.size(), 4U);
    ASSERT_EQ(conditions[1].groups.size(), 2U);
    EXPECT_THAT(cpus_of(conditions[1].groups[0]), ElementsAre(0, 2));
    EXPECT_THAT(cpus_of(conditions[1].groups[1]), ElementsAre(1, 3));
    ASSERT_EQ(conditions[2].groups.size(), 1U);
    EXPECT_THAT(cpus_of(conditions[2].groups[0]), ElementsAre(0, 1, 2, 3));
    EXPECT_EQ(conditions[3].groups.size(), 4U);
}

// The other thread may be reserved for somebody else.
TEST(Conditions, LeaveSiblingsOutWhereNoCoreHasTwoUsableThreads) {
    auto places = two_cores_with_smt();
    places.resize(2);
    EXPECT_THAT(names_of(conditions_of(places)),
                ElementsAre("alone and cold", "with all CPUs", "alone after all CPUs"));
    const std::vector<CpuPlace> without_smt{{0, "0", "0", "0"}, {1, "1", "0", "1"}};
    EXPECT_THAT(names_of(conditions_of(without_smt)),
                ElementsAre("alone and cold", "with all CPUs", "alone after all CPUs"));
}

TEST(Conditions, LeaveTimeForAnotherTurn) {
    double share = 0;
    for (const Condition& condition : conditions_of(two_cores_with_smt())) {
        share += condition.share + condition.rest_share;
    }
    EXPECT_LT(share, 1);
}

}  // namespace
}  // namespace trilby::cores
