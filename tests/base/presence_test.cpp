// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/presence.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

TEST(WhyMissing, ExplainsEachPresence) {
    EXPECT_EQ(why_missing(Presence::absent), "does not exist");
    EXPECT_EQ(why_missing(Presence::denied), "may not be read");
    EXPECT_EQ(why_missing(Presence::malformed), "is malformed");
    EXPECT_EQ(why_missing(Presence::malformed, "is not a folder"), "is not a folder");
}

}  // namespace
}  // namespace trilby
