// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/trusted_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>
#include <utility>

#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using std::filesystem::perms;
using ::testing::AllOf;
using ::testing::HasSubstr;

class TrustedFileTest : public ::testing::Test {
  protected:
    void SetUp() override { permit("above/folder/file", perms{0644}); }

    void permit(const std::string& name, perms mode) {
        std::filesystem::permissions(folder_ / name, mode);
    }
    void give(const std::string& name, uid_t user, gid_t group) {
        ASSERT_EQ(::chown((folder_ / name).c_str(), user, group), 0);
    }
    [[nodiscard]] Result<std::filesystem::path> verdict() const { return require_trusted(file_); }

    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path file_ = folder_.write("above/folder/file", "");
};

TEST_F(TrustedFileTest, AcceptsTheFilesOfThisUserAndOfRoot) {
    permit("above", perms{0755});
    permit("above/folder", perms{0755});
    EXPECT_TRUE(verdict());
    EXPECT_TRUE(require_trusted("/etc/passwd"));
}

TEST_F(TrustedFileTest, RefusesWhatEverybodyMayWrite) {
    for (const char* name : {"above", "above/folder", "above/folder/file"}) {
        const perms before = std::filesystem::status(folder_ / name).permissions();
        permit(name, perms{0777});
        const auto refused = verdict();
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
        EXPECT_THAT(refused.error().message,
                    HasSubstr("'" + (folder_ / name).string() + "' may be changed by everybody"));
        EXPECT_THAT(refused.error().hint, HasSubstr("chmod"));
        permit(name, before);
    }
}

TEST_F(TrustedFileTest, AStickyFolderIsFineOnlyFurtherUp) {
    permit("above", perms{01777});
    EXPECT_TRUE(verdict());
    permit("above/folder", perms{01777});
    EXPECT_FALSE(verdict()) << "anybody can add a library beside the file";
}

TEST_F(TrustedFileTest, ChecksTheWayOfALinkAndItsTarget) {
    std::filesystem::create_directory(folder_ / "links");
    const auto link = folder_ / "links/link";
    std::filesystem::create_symlink(file_, link);
    EXPECT_TRUE(require_trusted(link));
    permit("links", perms{0777});
    EXPECT_FALSE(require_trusted(link)) << "anybody can replace the link";
    permit("links", perms{0755});
    permit("above", perms{0777});
    EXPECT_FALSE(require_trusted(link));
}

TEST_F(TrustedFileTest, ChecksTheWayOfALinkBetweenTwoLinks) {
    std::filesystem::create_directories(folder_ / "links");
    std::filesystem::create_directories(folder_ / "open");
    std::filesystem::create_symlink("../above", folder_ / "open/middle");
    std::filesystem::create_symlink("../open/middle/folder/file", folder_ / "links/link");
    EXPECT_TRUE(require_trusted(folder_ / "links/link"));
    permit("open", perms{0777});
    const auto refused = require_trusted(folder_ / "links/link");
    ASSERT_FALSE(refused) << "anybody can replace the link between them";
    EXPECT_THAT(refused.error().message,
                AllOf(HasSubstr("links/link' is not loaded"), HasSubstr("open' may be changed")));
}

TEST_F(TrustedFileTest, ReturnsThePathWithoutLinks) {
    std::filesystem::create_directory_symlink("above", folder_ / "folder link");
    std::filesystem::create_symlink("../folder link/./folder/file", folder_ / "above/link");
    const auto real = std::filesystem::canonical(file_);
    for (const char* name : {"above/folder/file", "folder link/folder/file", "above/link",
                             "folder link/../above/folder//file"}) {
        const auto found = require_trusted(folder_ / name);
        ASSERT_TRUE(found) << name << found.error().message;
        EXPECT_EQ(*found, real) << name;
    }
}

TEST_F(TrustedFileTest, LinksInACircleAreNotTrusted) {
    std::filesystem::create_symlink("two", folder_ / "one");
    std::filesystem::create_symlink("one", folder_ / "two");
    EXPECT_FALSE(require_trusted(folder_ / "one"));
    std::filesystem::create_symlink("itself", folder_ / "itself");
    EXPECT_FALSE(require_trusted(folder_ / "itself"));
}

TEST_F(TrustedFileTest, AMissingFileIsNotTrusted) {
    EXPECT_FALSE(require_trusted(folder_ / "none"));
}

/// Acts as the user "bin" of every system, with files of his own.
class TrustedFileOfAUserTest : public TrustedFileTest {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "only root can give files to others";
        }
        const passwd* bin = ::getpwnam("bin");
        ASSERT_NE(bin, nullptr);
        user_ = bin->pw_uid;
        group_ = bin->pw_gid;
        for (const char* name : {"", "above", "above/folder", "above/folder/file"}) {
            give(name, user_, group_);
        }
    }
    [[nodiscard]] Result<std::filesystem::path> verdict_of_user() const {
        EXPECT_EQ(::seteuid(user_), 0);
        auto result = verdict();
        EXPECT_EQ(::seteuid(0), 0);
        return result;
    }

    uid_t user_ = 0;
    gid_t group_ = 0;
};

TEST_F(TrustedFileOfAUserTest, RootDoesNotTrustTheFilesOfAUser) {
    EXPECT_TRUE(verdict_of_user());
    EXPECT_THAT(verdict().error().message, HasSubstr("belongs to the user with the number"));
}

TEST_F(TrustedFileOfAUserTest, AUserDoesNotTrustTheFilesOfAnother) {
    give("above/folder", user_ + 1, group_);
    EXPECT_THAT(verdict_of_user().error().message,
                HasSubstr("belongs to the user with the number"));
}

TEST_F(TrustedFileOfAUserTest, AUserDoesNotTrustALinkOfAnotherBetweenTwoLinks) {
    std::filesystem::create_symlink("above/folder/file", folder_ / "middle");
    std::filesystem::create_symlink("middle", folder_ / "first");
    for (const auto& [link, owner] : {std::pair("middle", user_ + 1), std::pair("first", user_)}) {
        ASSERT_EQ(::lchown((folder_ / link).c_str(), owner, group_), 0);
    }
    file_ = folder_ / "first";
    EXPECT_THAT(verdict_of_user().error().message,
                HasSubstr("middle' belongs to the user with the number"));
}

TEST_F(TrustedFileOfAUserTest, AcceptsTheUsersPrivateGroupOnly) {
    permit("above/folder", perms{0775});
    EXPECT_TRUE(verdict_of_user());
    give("above/folder", user_, 0);
    EXPECT_TRUE(verdict_of_user()) << "root's group";
    give("above/folder", user_, group_ + 1);
    EXPECT_THAT(verdict_of_user().error().message, HasSubstr("may be changed by other users"));
}

}  // namespace
}  // namespace trilby::platform
