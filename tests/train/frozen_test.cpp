// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/frozen.hpp"

#include <gtest/gtest.h>

namespace trilby::train {
namespace {

TEST(Frozen, IsAPartWithAllThatIsInIt) {
    EXPECT_TRUE(is_frozen("block_1", {"block_1"}));
    EXPECT_TRUE(is_frozen("block_1.attention.weight", {"x", "block_1"}));
    EXPECT_TRUE(is_frozen("block_1.attention.weight", {"block_1.attention"}));
}

TEST(Frozen, IsNotAPartWithALongerNameOrAroundIt) {
    EXPECT_FALSE(is_frozen("block_10.weight", {"block_1"}));
    EXPECT_FALSE(is_frozen("block_1", {"block_1.attention"}));
    EXPECT_FALSE(is_frozen("block_1", {""}));
    EXPECT_FALSE(is_frozen("block_1", {}));
}

}  // namespace
}  // namespace trilby::train
