// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/file_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <thread>

#include "support/large_file_of.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using ::testing::ElementsAre;

TEST(FileTree, ReadsBelowItsRootAndReportsPathsInIt) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("sys/vendor", "0x10de\n");
    const FileTree tree(folder.path());
    const auto vendor = tree.read_trimmed("/sys/vendor");
    ASSERT_TRUE(vendor);
    EXPECT_EQ(*vendor, "0x10de");
    EXPECT_EQ(vendor.source(), "/sys/vendor");
}

TEST(FileTree, DistinguishesAbsentFromMalformed) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("long", std::string(100, 'x'));
    const FileTree tree(folder.path());
    EXPECT_EQ(tree.read("/none").presence(), Presence::absent);
    EXPECT_EQ(tree.read("/long", 99).presence(), Presence::malformed);
    EXPECT_EQ(tree.read("/long", 100).presence(), Presence::present);
    EXPECT_EQ(tree.read("/").presence(), Presence::malformed);
}

TEST(FileTree, APartHasItsOwnRoot) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("host/etc/name", "inside");
    folder.write("etc/name", "outside");
    std::filesystem::create_symlink("/etc/name", folder / "host/absolute");
    std::filesystem::create_symlink("../../../etc/name", folder / "host/etc/relative");
    const FileTree part = FileTree(folder.path()).below("/host");
    EXPECT_EQ(part.read("/etc/name").value_or(""), "inside");
    EXPECT_EQ(part.read("/etc/name").source(), "/etc/name");
    EXPECT_EQ(part.read("/absolute").value_or(""), "inside");
    EXPECT_EQ(part.read("/etc/relative").value_or(""), "inside");
    EXPECT_EQ(FileTree(folder.path()).below("/none").read("/etc/name").presence(),
              Presence::absent);
}

TEST(FileTree, APartHasTheNotesOfTheWholeButNotItsAnswers) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("host/x", "");
    folder.write("trilby-recording.json",
                 R"({"recording": 1, "answers": {"uname": "x86_64"}, "statuses": {},
                     "denied": ["/host/closed"]})");
    const FileTree part = FileTree(folder.path()).below("/host");
    EXPECT_EQ(part.read("/closed").presence(), Presence::denied);
    EXPECT_FALSE(part.answer("uname", [] { return std::optional<std::string>("live"); }));
}

TEST(FileTree, APathWithAZeroByteIsNotTruncated) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("name", "x");
    constexpr std::string_view longer("/name\0more", 10);
    EXPECT_EQ(FileTree(folder.path()).read(longer).presence(), Presence::malformed);
}

TEST(FileTree, NeverBlocksOnAFifo) {
    const trilby::testing::TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(FileTree(folder.path()).read("/pipe").presence(), Presence::malformed);
}

TEST(FileTree, SortsNumbersInNamesAsNumbers) {
    const trilby::testing::TemporaryFolder folder;
    for (const char* name : {"card10", "card2", "card1"}) {
        folder.write(std::string("drm/") + name, "");
    }
    EXPECT_THAT(*FileTree(folder.path()).list("/drm"), ElementsAre("card1", "card2", "card10"));
}

std::vector<std::string> lines_of(const FileTree& tree, std::size_t wanted = SIZE_MAX) {
    std::vector<std::string> lines;
    static_cast<void>(tree.for_each_line("/file", [&](std::string_view line) {
        lines.emplace_back(line);
        return lines.size() < wanted;
    }));
    return lines;
}

TEST(FileTree, AFolderThatCannotBeReadIsNotEmpty) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("closed/known", "");
    folder.write("broken/known", "");
    folder.write("trilby-recording.json", R"({"recording": 1, "answers": {}, "statuses": {},
                                              "denied": ["/closed"], "malformed": ["/broken"]})");
    const FileTree tree(folder.path());
    EXPECT_EQ(tree.list("/closed").presence(), Presence::denied);
    EXPECT_EQ(tree.list("/broken").presence(), Presence::malformed);
    EXPECT_EQ(tree.list("/none").presence(), Presence::absent);
}

TEST(FileTree, DeliversLinesThatCrossItsBuffer) {
    const trilby::testing::TemporaryFolder folder;
    const std::string long_line(20000, 'x');
    std::string content;
    for (int i = 0; i < 20; ++i) {
        content += long_line + '\n';
    }
    folder.write("file", content + "last");
    const auto lines = lines_of(FileTree(folder.path()));
    ASSERT_EQ(lines.size(), 21U);
    EXPECT_EQ(lines[19], long_line);
    EXPECT_EQ(lines[20], "last");
    EXPECT_EQ(lines_of(FileTree(folder.path()), 3).size(), 3U);
}

TEST(FileTree, RefusesEndlessLines) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("file", std::string(1U << 20, 'x'));
    EXPECT_EQ(FileTree(folder.path()).for_each_line("/file", [](std::string_view) { return true; }),
              Presence::malformed);
}

TEST(FileTree, FollowsLinksWhileOthersRenameFiles) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("tree/devices/card/vendor", "0x10de");
    std::filesystem::create_directories(folder / "tree/bus/devices");
    std::filesystem::create_symlink("../../devices/card", folder / "tree/bus/devices/card");
    folder.write("other/a", "");
    std::jthread renamer([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::filesystem::rename(folder / "other/a", folder / "other/b");
            std::filesystem::rename(folder / "other/b", folder / "other/a");
        }
    });
    const FileTree tree(folder / "tree");
    for (int i = 0; i < 20'000; ++i) {
        ASSERT_TRUE(tree.read("/bus/devices/card/vendor")) << i;
    }
}

TEST(FileTree, ReadsTheStartOfALongFile) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("file", "0123456789");
    EXPECT_EQ(FileTree(folder.path()).read_start("/file", 4).value_or(""), "0123");
    EXPECT_EQ(FileTree(folder.path()).read_start("/file", 99).value_or(""), "0123456789");
}

std::optional<std::string> first_bytes(const LargeFile& file) {
    return file.read(0, 3);
}

TEST(FileTree, DerivesFromALargeFileWithoutRecordingIt) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("library", "abcdef");
    const FileTree tree(folder.path());
    const auto derived = tree.derived("start", "/library", first_bytes);
    EXPECT_EQ(derived.value_or(""), "abc");
    EXPECT_EQ(derived.source(), "/library");
    EXPECT_EQ(tree.derived("start", "/none", first_bytes).presence(), Presence::absent);
    folder.write("short", "ab");
    EXPECT_EQ(tree.derived("start", "/short", first_bytes).presence(), Presence::malformed);
}

TEST(FileTree, NotesOfARecordingPrecedeItsFiles) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("trilby-recording.json",
                 R"({"recording": 1, "statuses": {}, "answers": {"start of /library": "xyz"}})");
    EXPECT_EQ(FileTree(folder.path()).derived("start", "/library", first_bytes).value_or(""),
              "xyz");
}

TEST(LargeFile, ReadsAllRequestedBytesOrNothing) {
    const auto file = trilby::testing::large_file_of("0123456789");
    EXPECT_EQ(file.size_bytes(), 10U);
    EXPECT_EQ(file.read(3, 4), "3456");
    EXPECT_EQ(file.read(10, 0), "");
    EXPECT_EQ(file.read(7, 4), std::nullopt);
    EXPECT_EQ(file.read(11, 0), std::nullopt);
    EXPECT_EQ(file.read(UINT64_MAX, 2), std::nullopt);
    EXPECT_EQ(file.read(0, SIZE_MAX), std::nullopt);
}

}  // namespace
}  // namespace trilby::platform
