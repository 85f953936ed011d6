// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/project.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"
#include "support/unprivileged.hpp"

namespace trilby::scaffold {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using trilby::testing::read_file;

const std::vector<ProjectFile> two_files{{"main.cpp", "int main() {}\n"}, {"README.md", "# x\n"}};

std::vector<std::string> names_in(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        names.push_back(entry.path().filename().string());
    }
    return names;
}

TEST(ProjectName, IsTheLastNameOfTheFolder) {
    EXPECT_EQ(project_name("clothes").value(), "clothes");
    EXPECT_EQ(project_name("programs/my-net_2/").value(), "my-net_2");
}

TEST(ProjectName, MustSuitAProgramAndATargetOfCMake) {
    for (const char* name : {"", ".", "..", "/", "2nets", "-net", "my net", "net.cpp", "n\u00e4t",
                             "test", "all", "CMakeFiles"}) {
        const auto refused = project_name(name);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, ErrorCode::usage) << name;
    }
    EXPECT_TRUE(project_name(std::string(64, 'a')));
    EXPECT_FALSE(project_name(std::string(65, 'a')));
}

class WriteProject : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
};

TEST_F(WriteProject, CreatesTheFolderAndThoseAbove) {
    ASSERT_TRUE(write_project(two_files, folder_ / "programs/net"));
    EXPECT_EQ(read_file(folder_ / "programs/net/main.cpp"), "int main() {}\n");
    EXPECT_EQ(read_file(folder_ / "programs/net/README.md"), "# x\n");
}

TEST_F(WriteProject, FillsAnEmptyFolder) {
    std::filesystem::create_directory(folder_ / "net");
    ASSERT_TRUE(write_project(two_files, folder_ / "net/"));
    EXPECT_EQ(read_file(folder_ / "net/README.md"), "# x\n");
}

TEST_F(WriteProject, ChangesNothingThatExists) {
    folder_.write("net/notes.txt", "mine");
    folder_.write("file", "mine");
    std::filesystem::create_symlink("nowhere", folder_ / "link");
    for (const char* name : {"net", "file", "link"}) {
        const auto refused = write_project(two_files, folder_ / name);
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code, ErrorCode::cannot_create) << name;
    }
    EXPECT_EQ(read_file(folder_ / "net/notes.txt"), "mine");
    EXPECT_EQ(names_in(folder_.path()).size(), 3U);
}

TEST_F(WriteProject, LeavesNothingAfterAnError) {
    std::vector<ProjectFile> files = two_files;
    files.push_back({"missing/folder.txt", ""});
    EXPECT_FALSE(write_project(files, folder_ / "programs/net"));
    EXPECT_THAT(names_in(folder_.path()), IsEmpty());
}

TEST_F(WriteProject, NeedsPermission) {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0555));
    {
        const trilby::testing::Unprivileged nobody;
        const auto refused = write_project(two_files, folder_ / "net");
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::cannot_create);
        EXPECT_THAT(refused.error().message, HasSubstr("net"));
    }
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    EXPECT_THAT(names_in(folder_.path()), IsEmpty());
}

TEST(Filled, ReplacesMarksButNotBracesOfTheCode) {
    EXPECT_EQ(filled("{{name}} and {{name}}, {{{1}, {2}}} {{other}} {{", {{"name", "x"}}),
              "x and x, {{{1}, {2}}} {{other}} {{");
}

}  // namespace
}  // namespace trilby::scaffold
