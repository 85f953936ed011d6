// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/kernel_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <vector>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::ElementsAre;
using trilby::testing::TemporaryFolder;

std::vector<std::string> messages;

Presence read(const std::filesystem::path& path) {
    messages.clear();
    return for_each_kernel_message(
        path, [](std::string_view message) { messages.emplace_back(message); });
}

TEST(KernelLog, GivesTheMessagesWithoutTheirHeadersAndDetails) {
    const TemporaryFolder folder;
    folder.write("kmsg", "6,1,10,-;first; part\n SUBSYSTEM=pci;x\n4,2,20,-;second\nno header\n");
    EXPECT_EQ(read(folder.path() / "kmsg"), Presence::present);
    EXPECT_THAT(messages, ElementsAre("first; part", "second"));
}

TEST(KernelLog, AMissingLogIsAbsent) {
    EXPECT_EQ(read("/nowhere/kmsg"), Presence::absent);
}

TEST(KernelLog, DoesNotWaitForAWriter) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "kmsg";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(read(path), Presence::present);
    EXPECT_TRUE(messages.empty());
}

TEST(KernelLog, AFolderIsNotALog) {
    const TemporaryFolder folder;
    EXPECT_EQ(read(folder.path()), Presence::absent);
}

}  // namespace
}  // namespace trilby::platform
