// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/strided.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <vector>

namespace trilby::tensors {
namespace {

using Numbers = std::vector<std::int64_t>;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

bool fits(const Numbers& shape, const Numbers& strides, std::int64_t offset,
          std::uint64_t storage_bytes) {
    return is_inside({shape, strides, offset, 4}, storage_bytes);
}

TEST(StridedTest, TheLastElementDecides) {
    EXPECT_TRUE(fits({2, 3}, {3, 1}, 0, 24));
    EXPECT_FALSE(fits({2, 3}, {3, 1}, 0, 23));
    EXPECT_FALSE(fits({2, 3}, {3, 1}, 1, 24));
    EXPECT_TRUE(fits({2, 3}, {1, 2}, 0, 24));
    EXPECT_TRUE(fits({}, {}, 5, 24));
    EXPECT_FALSE(fits({}, {}, 6, 24));
    EXPECT_TRUE(fits({0, 3}, {3, 1}, 0, 0));
}

TEST(StridedTest, RepeatedElementsAreNoWayToALargerTensor) {
    EXPECT_FALSE(fits({1'000'000, 3}, {0, 1}, 0, 24));
    EXPECT_TRUE(fits({2, 3}, {0, 1}, 0, 24));
}

TEST(StridedTest, NumbersThatOverflowAreOutside) {
    EXPECT_FALSE(fits({most, 3}, {most, 1}, 0, 24));
    EXPECT_FALSE(fits({2, 3}, {most, 1}, 0, 24));
    EXPECT_FALSE(fits({2, 3}, {3, 1}, most, 24));
    EXPECT_FALSE(fits({2, 3}, {-3, 1}, 3, 24));
    EXPECT_FALSE(fits({-2, 3}, {3, 1}, 0, 24));
    EXPECT_FALSE(fits({2}, {3, 1}, 0, 24));
    EXPECT_FALSE(fits(Numbers(65, 1), Numbers(65, 1), 0, 24));
}

}  // namespace
}  // namespace trilby::tensors
