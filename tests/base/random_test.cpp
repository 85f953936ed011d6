// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/random.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

// The first outputs of the published reference implementation for seed 1234567.
TEST(SplitMix64, AgreesWithItsReference) {
    SplitMix64 random(1234567);
    EXPECT_EQ(random(), 6457827717110365317U);
    EXPECT_EQ(random(), 3203168211198807973U);
    EXPECT_EQ(random(), 9817491932198370423U);
}

}  // namespace
}  // namespace trilby
