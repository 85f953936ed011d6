// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/parallel.hpp"

#include <atomic>
#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

namespace trilby::platform {
namespace {

TEST(ForEachIndex, VisitsEachOnceWithAnyNumberOfThreads) {
    for (const std::size_t threads : {0, 1, 3, 100}) {
        std::vector<std::atomic<int>> visits(1000);
        for_each_index(visits.size(), threads, [&](std::size_t index) { ++visits[index]; });
        for (const auto& count : visits) {
            EXPECT_EQ(count, 1) << threads << " threads";
        }
    }
}

TEST(ForEachIndex, DoesNothingForACountOfZero) {
    for_each_index(0, 4, [](std::size_t) { FAIL(); });
}

TEST(ForEachIndex, RethrowsExceptionsOfTheWork) {
    EXPECT_THROW(for_each_index(100, 4,
                                [](std::size_t index) {
                                    if (index == 50) {
                                        throw std::runtime_error("fifty");
                                    }
                                }),
                 std::runtime_error);
}

}  // namespace
}  // namespace trilby::platform
