// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "builder/store.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "support/temporary_folder.hpp"

namespace trilby::builder {
namespace {

using ::testing::HasSubstr;
using testing::read_file;
using testing::TemporaryFolder;

void make_module(const TemporaryFolder& folder, const std::string& where,
                 const std::string& content) {
    folder.write(where + "/trilby-backend-cuda.so", content);
    folder.write(where + "/trilby-backend-cuda.json", "{" + content + "}");
}

TEST(Store, InstallsTheModuleAndItsManifest) {
    const TemporaryFolder folder;
    make_module(folder, "stage", "first");
    ASSERT_TRUE(install_module("cuda", folder / "stage", folder / "new/backends", Owner::user));
    EXPECT_EQ(read_file(folder / "new/backends/trilby-backend-cuda.so"), "first");
    EXPECT_EQ(read_file(folder / "new/backends/trilby-backend-cuda.json"), "{first}");
}

TEST(Store, ReplacesAnOlderOne) {
    const TemporaryFolder folder;
    make_module(folder, "stage", "first");
    ASSERT_TRUE(install_module("cuda", folder / "stage", folder / "backends", Owner::user));
    make_module(folder, "stage", "second");
    ASSERT_TRUE(install_module("cuda", folder / "stage", folder / "backends", Owner::user));
    EXPECT_EQ(read_file(folder / "backends/trilby-backend-cuda.so"), "second");
}

TEST(Store, AStageWithoutAModuleChangesNothing) {
    const TemporaryFolder folder;
    make_module(folder, "stage", "first");
    ASSERT_TRUE(install_module("cuda", folder / "stage", folder / "backends", Owner::user));
    EXPECT_FALSE(install_module("cuda", folder / "empty", folder / "backends", Owner::user));
    EXPECT_EQ(read_file(folder / "backends/trilby-backend-cuda.so"), "first");
}

TEST(Store, AManifestThatCannotBeReplacedLeavesTheOldModule) {
    const TemporaryFolder folder;
    make_module(folder, "backends", "first");
    std::filesystem::remove(folder / "backends/trilby-backend-cuda.json");
    std::filesystem::create_directory(folder / "backends/trilby-backend-cuda.json");
    make_module(folder, "stage", "second");
    EXPECT_FALSE(install_module("cuda", folder / "stage", folder / "backends", Owner::user));
    EXPECT_EQ(read_file(folder / "backends/trilby-backend-cuda.so"), "first");
}

TEST(Store, ReplacesTheLibraryAsAWhole) {
    const TemporaryFolder folder;
    folder.write("old/lib/libtrilby-train.so.0", "first");
    folder.write("old/lib/gone", "");
    ASSERT_TRUE(install_library(folder / "old", folder / "data/train", Owner::user));
    folder.write("new/lib/libtrilby-train.so.0", "second");
    ASSERT_TRUE(install_library(folder / "new", folder / "data/train", Owner::user));
    EXPECT_EQ(read_file(folder / "data/train/lib/libtrilby-train.so.0"), "second");
    EXPECT_FALSE(std::filesystem::exists(folder / "data/train/lib/gone"));
}

TEST(Store, ALibraryThatIsNotThereChangesNothing) {
    const TemporaryFolder folder;
    folder.write("data/train/lib/libtrilby-train.so.0", "first");
    EXPECT_FALSE(install_library(folder / "absent", folder / "data/train", Owner::user));
    EXPECT_EQ(read_file(folder / "data/train/lib/libtrilby-train.so.0"), "first");
}

TEST(Store, ALinkToTheLibraryStaysAndItsTargetIsReplaced) {
    const TemporaryFolder folder;
    folder.write("large disk/train/lib/libtrilby-train.so.0", "first");
    folder.write("new/lib/libtrilby-train.so.0", "second");
    std::filesystem::create_directory(folder / "data");
    std::filesystem::create_directory_symlink(folder / "large disk/train", folder / "data/train");
    ASSERT_TRUE(install_library(folder / "new", folder / "data/train", Owner::user));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "data/train"));
    EXPECT_EQ(read_file(folder / "large disk/train/lib/libtrilby-train.so.0"), "second");
}

/// While it exists, new files are only for their owner.
class PrivateFiles {
  public:
    PrivateFiles() : before_(::umask(0077)) {}
    ~PrivateFiles() { ::umask(before_); }
    PrivateFiles(const PrivateFiles&) = delete;
    PrivateFiles& operator=(const PrivateFiles&) = delete;

  private:
    mode_t before_;
};

std::string mode_of(const std::filesystem::path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 ? fmt::format("{:o}", info.st_mode & 07777U) : "none";
}

TEST(Store, AllUsersCanUseALibraryOfTheSite) {
    const PrivateFiles umask_of_root;
    const TemporaryFolder folder;
    folder.write("stage/include/trilby/train.hpp", "");
    const auto program = folder.write("stage/lib/program", "");
    ASSERT_EQ(::chmod(program.c_str(), 0700), 0);
    ASSERT_TRUE(install_library(folder / "stage", folder / "site/train", Owner::site));
    for (const char* name : {"site", "site/train", "site/train/include/trilby"}) {
        EXPECT_EQ(mode_of(folder / name), "755") << name;
    }
    EXPECT_EQ(mode_of(folder / "site/train/include/trilby/train.hpp"), "644");
    EXPECT_EQ(mode_of(folder / "site/train/lib/program"), "755");
    ASSERT_TRUE(install_library(folder / "stage", folder / "user/train", Owner::user));
    EXPECT_EQ(mode_of(folder / "user/train"), "700");
}

TEST(Store, AllUsersCanUseAModuleOfTheSite) {
    const PrivateFiles umask_of_root;
    const TemporaryFolder folder;
    make_module(folder, "stage", "it");
    ASSERT_TRUE(install_module("cuda", folder / "stage", folder / "site/backends", Owner::site));
    EXPECT_EQ(mode_of(folder / "site"), "755");
    EXPECT_EQ(mode_of(folder / "site/backends"), "755");
    EXPECT_EQ(mode_of(folder / "site/backends/trilby-backend-cuda.so"), "644");
    EXPECT_EQ(mode_of(folder / "site/backends/trilby-backend-cuda.json"), "644");
}

TEST(Store, RemovesBothFilesAndNothingElse) {
    const TemporaryFolder folder;
    make_module(folder, "backends", "it");
    folder.write("backends/notes", "mine");
    ASSERT_TRUE(remove_module("cuda", folder / "backends"));
    EXPECT_FALSE(std::filesystem::exists(folder / "backends/trilby-backend-cuda.so"));
    EXPECT_FALSE(std::filesystem::exists(folder / "backends/trilby-backend-cuda.json"));
    EXPECT_EQ(read_file(folder / "backends/notes"), "mine");
}

TEST(Store, RemovingAMissingModuleIsAnError) {
    const TemporaryFolder folder;
    const auto removed = remove_module("rocm", folder.path());
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().code, ErrorCode::no_input);
    EXPECT_THAT(removed.error().hint, HasSubstr("trilby backend list"));
}

TEST(Store, KnowsTheOwnerOfAFolder) {
    const TemporaryFolder folder;
    ::setenv("XDG_DATA_HOME", folder.path().c_str(), 1);
    const auto mine = store_folder(Owner::user);
    const auto everybodys = store_folder(Owner::site);
    ASSERT_TRUE(mine);
    ASSERT_TRUE(everybodys);
    EXPECT_EQ(*mine, folder / "trilby/backends");
    EXPECT_EQ(owner_of(*mine), Owner::user);
    EXPECT_EQ(owner_of(*everybodys), Owner::site);
    EXPECT_EQ(owner_of("/usr/lib64/trilby/backends"), Owner::package);
    ::unsetenv("XDG_DATA_HOME");
}

TEST(Store, TheUsersFolderIsTheOneFromTheEnvironment) {
    ::setenv("TRILBY_BACKEND_DIR", "/somewhere", 1);
    const auto mine = store_folder(Owner::user);
    const Owner owner = owner_of("/somewhere");
    ::unsetenv("TRILBY_BACKEND_DIR");
    ASSERT_TRUE(mine);
    EXPECT_EQ(*mine, "/somewhere");
    EXPECT_EQ(owner, Owner::user);
}

TEST(Store, WithoutAHomeTheUserHasNoFolder) {
    const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
    ::unsetenv("HOME");
    ::unsetenv("XDG_DATA_HOME");
    const auto mine = store_folder(Owner::user);
    ::setenv("HOME", home.c_str(), 1);
    ASSERT_FALSE(mine);
    EXPECT_EQ(mine.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace trilby::builder
