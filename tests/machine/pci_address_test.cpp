// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "machine/pci_address.hpp"

#include <gtest/gtest.h>

namespace trilby {
namespace {

TEST(PciAddress, IsWhatTheKernelWrites) {
    for (const char* text : {"0000:1b:00.0", "ffff:ff:1f.7", "10000:e1:00.0", "a1b2c3d4:00:00.0"}) {
        EXPECT_TRUE(is_pci_address(text)) << text;
    }
}

TEST(PciAddress, IsNothingElse) {
    for (const char* text : {"", "0", ":1b:00.0", "1b:00.0", "000:1b:00.0", "0000:1B:00.0",
                             "0000:1b:00", "0000:1b:00.", "0000:1b:00.0 ", "0000:1b:00:0",
                             "0000.1b.00.0", "0000:1g:00.0", "../../etc/a:00.0", "00000000:1b:00.0",
                             "123456789:1b:00.0", "+000:1b:00.0", "-0001:1b:00.0"}) {
        EXPECT_FALSE(is_pci_address(text)) << text;
    }
}

}  // namespace
}  // namespace trilby
