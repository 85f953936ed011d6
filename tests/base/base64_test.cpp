// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/base64.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

// The examples of RFC 4648.
TEST(Base64, AgreesWithTheStandard) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace trilby
