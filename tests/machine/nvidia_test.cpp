// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/nvidia.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

/// The first and the last entry, a number between generations, and one of the future.
TEST(NvidiaCapability, IsKnownFromTheDeviceNumber) {
    EXPECT_EQ(nvidia_capability(std::uint16_t{0x1380}), 50U);
    EXPECT_EQ(nvidia_capability(std::uint16_t{0x2330}), 90U);
    EXPECT_EQ(nvidia_capability(std::uint16_t{0x2684}), 89U);
    EXPECT_EQ(nvidia_capability(std::uint16_t{0x31c2}), 103U);
    EXPECT_EQ(nvidia_capability(std::uint16_t{0x2b00}), std::nullopt);
    EXPECT_EQ(nvidia_capability(std::uint16_t{0x3002}), std::nullopt);
}

}  // namespace
}  // namespace trilby
