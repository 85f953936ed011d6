// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Both ways of opening a path below a root behave the same.

#include "platform/open_in_root.hpp"

#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/forbidden_call.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using Open = FileDescriptor (*)(const FileDescriptor&, const std::string&, int);

class OpenInRoot : public ::testing::TestWithParam<Open> {
  protected:
    void SetUp() override {
        folder_.write("outside", "outside");
        folder_.write("root/file", "inside");
        folder_.write("root/a/b/deep", "deep");
        link("../../../outside", "out");
        link("/file", "absolute");
        link("a/b", "folder");
        link("../file", "a/up");
        link("loop", "loop");
        root_ =
            FileDescriptor(::open((folder_ / "root").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    }

    void link(const char* target, const std::string& name) const {
        std::filesystem::create_symlink(target, folder_ / ("root/" + name));
    }

    /// The content; the name of the error in brackets if it cannot be opened.
    std::string read(const std::string& path, int flags = O_RDONLY) const {
        const FileDescriptor file = GetParam()(root_, path, flags | O_CLOEXEC);
        if (!file) {
            return "[" + std::string(::strerrorname_np(errno)) + "]";
        }
        std::string text(100, '\0');
        const ssize_t got = ::read(file.get(), text.data(), text.size());
        return got < 0 ? "[no file]" : text.substr(0, static_cast<std::size_t>(got));
    }

    testing::TemporaryFolder folder_;
    FileDescriptor root_;
};

TEST_P(OpenInRoot, OpensFilesInFolders) {
    EXPECT_EQ(read("/file"), "inside");
    EXPECT_EQ(read("a/./b//deep"), "deep");
    EXPECT_EQ(read("/none"), "[ENOENT]");
    EXPECT_EQ(read("/file/below"), "[ENOTDIR]");
}

TEST_P(OpenInRoot, FollowsLinksInsideOnly) {
    EXPECT_EQ(read("/folder/deep"), "deep");
    EXPECT_EQ(read("/a/up"), "inside");
    EXPECT_EQ(read("/absolute"), "inside");
    EXPECT_EQ(read("/out"), "[ENOENT]");
    EXPECT_EQ(read("/loop"), "[ELOOP]");
}

TEST_P(OpenInRoot, NeverLeavesTheRoot) {
    EXPECT_EQ(read("/../../outside"), "[ENOENT]");
    EXPECT_EQ(read("/../file"), "inside");
    EXPECT_EQ(read("/a/../../file"), "inside");
}

TEST_P(OpenInRoot, OpensALinkItselfOnRequest) {
    const FileDescriptor link = GetParam()(root_, "/out", O_PATH | O_NOFOLLOW | O_CLOEXEC);
    ASSERT_TRUE(link);
    std::string target(100, '\0');
    EXPECT_EQ(::readlinkat(link.get(), "", target.data(), target.size()), 16);
}

TEST_P(OpenInRoot, OpensTheRootItself) {
    EXPECT_TRUE(GetParam()(root_, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

TEST(OpenInRootDeathTest, WorksWhereTheSystemCallIsRefused) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("file", "");
    const FileDescriptor root(::open(folder.path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    for (const unsigned error_number : {ENOSYS, EPERM}) {
        const auto refuse_and_open = [&] {
            trilby::testing::forbid_call(SYS_openat2, error_number);
            ::_exit(open_in_root(root, "/file", O_RDONLY) ? 0 : 1);
        };
        EXPECT_EXIT(refuse_and_open(), ::testing::ExitedWithCode(0), "");
    }
}

INSTANTIATE_TEST_SUITE_P(Kernel, OpenInRoot, ::testing::Values(&open_in_root));
INSTANTIATE_TEST_SUITE_P(ByComponents, OpenInRoot, ::testing::Values(&open_by_components));

}  // namespace
}  // namespace trilby::platform
