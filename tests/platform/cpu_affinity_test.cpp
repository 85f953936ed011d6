// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/cpu_affinity.hpp"

#include <future>
#include <gmock/gmock.h>
#include <sched.h>

#include "platform/live_system.hpp"

namespace trilby::platform {
namespace {

using ::testing::ElementsAre;

/// In a thread of its own, so that the others keep their CPUs.
template <class T>
T elsewhere(T (*ask)()) {
    return std::async(std::launch::async, ask).get();
}

TEST(CpuAffinity, AThreadRunsOnTheCpuToWhichItWasPinned) {
    const auto cpus = affinity_cpus();
    ASSERT_TRUE(cpus);
    EXPECT_EQ(cpus->size(), affinity_cpu_count());
    EXPECT_TRUE(elsewhere(+[] {
        const std::uint32_t last = affinity_cpus()->back();
        return pin_to_cpu(last) && ::sched_getcpu() == static_cast<int>(last);
    }));
    const auto pinned = elsewhere(+[] {
        (void)pin_to_cpu(affinity_cpus()->back());
        return *affinity_cpus();
    });
    EXPECT_THAT(pinned, ElementsAre(cpus->back()));
}

TEST(CpuAffinity, ACpuThatDoesNotExistIsRefused) {
    EXPECT_FALSE(elsewhere(+[] { return pin_to_cpu(65'000); }));
    EXPECT_FALSE(elsewhere(+[] { return pin_to_cpu(4'000'000'000U); }));
}

}  // namespace
}  // namespace trilby::platform
