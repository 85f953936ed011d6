// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/xid_log.hpp"

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::validate {
namespace {

constexpr const char* lost =
    "NVRM: Xid (PCI:0000:1B:00): 79, pid=1234, name=train, GPU has fallen off the bus.";

TEST(XidLog, CountsTheErrorsOfEachCard) {
    XidCounts counts;
    add_xid(counts, lost);
    add_xid(counts, lost);
    add_xid(counts, "NVRM: Xid (PCI:0000:43:00): 63, row remapper");
    EXPECT_EQ(counts.at("0000:1b:00.0").at(79), 2U);
    EXPECT_EQ(counts.at("0000:43:00.0").at(63), 1U);
}

TEST(XidLog, AnErrorOfAMigInstanceIsOneOfItsCard) {
    XidCounts counts;
    add_xid(counts, "NVRM: Xid (PCI:0000:01:00 GPU-I:05): 94, pid=1, Contained memory error");
    add_xid(counts, "NVRM: Xid (PCI:0000:01:00 GPU-CI:02): 94, pid=1, Contained memory error");
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts.at("0000:01:00.0").at(94), 2U);
}

// Xid 31 is a program that used a wrong address, maybe one of another user.
TEST(XidLog, ErrorsOfProgramsAndOtherMessagesAreLeftOut) {
    XidCounts counts;
    for (const char* message :
         {"NVRM: Xid (PCI:0000:1b:00): 31, pid=1", "usb 1-1: new device", "NVRM: Xid (PCI:",
          "NVRM: Xid (PCI:0000:1b:00): ", "NVRM: Xid (PCI:0000:1b:00): many, x", ""}) {
        add_xid(counts, message);
    }
    EXPECT_TRUE(counts.empty());
}

TEST(XidLog, AnInventedNumberOfCardsIsBounded) {
    XidCounts counts;
    for (int i = 0; i < 10'000; ++i) {
        add_xid(counts, "NVRM: Xid (PCI:" + std::to_string(i) + "): 79, x");
    }
    EXPECT_LE(counts.size(), 256U);
}

TEST(XidLog, ReadsTheKernelsLog) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("dev/kmsg", "4,7,1,-;" + std::string(lost) + "\n SUBSYSTEM=pci\n6,8,2,-;hello\n");
    const auto xids = read_xids(platform::FileTree(folder.path()));
    ASSERT_TRUE(xids);
    EXPECT_EQ(xids->at("0000:1b:00.0").at(79), 1U);
}

TEST(XidLog, AMissingLogIsNotAnEmptyOne) {
    const trilby::testing::TemporaryFolder folder;
    EXPECT_FALSE(read_xids(platform::FileTree(folder.path())));
}

}  // namespace
}  // namespace trilby::validate
