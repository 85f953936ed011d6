// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

#include "platform/environment.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::platform {
namespace {

using testing::TemporaryFolder;

/// Sets $PATH for its lifetime.
class SearchPath {
  public:
    explicit SearchPath(const std::string& folders) { ::setenv("PATH", folders.c_str(), 1); }
    SearchPath(const SearchPath&) = delete;
    SearchPath& operator=(const SearchPath&) = delete;
    ~SearchPath() { ::setenv("PATH", before_.c_str(), 1); }

  private:
    std::string before_ = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
};

void make_program(const TemporaryFolder& folder, const std::string& name) {
    folder.write(name, "#!/bin/sh\n");
    std::filesystem::permissions(folder / name, std::filesystem::perms::owner_all);
}

TEST(FindProgram, FindsTheFirstExecutableFile) {
    const TemporaryFolder folder;
    folder.write("a/tool", "");
    std::filesystem::create_directories(folder / "b/tool");
    make_program(folder, "c/tool");
    make_program(folder, "d/tool");
    const SearchPath path((folder / "a").string() + ":" + (folder / "b").string() +
                          "::" + (folder / "c").string() + ":" + (folder / "d").string());
    EXPECT_EQ(find_program("tool"), folder / "c/tool");
}

TEST(FindProgram, IsEmptyIfThereIsNone) {
    const SearchPath path("/nowhere");
    EXPECT_EQ(find_program("tool"), "");
}

TEST(FindProgram, IgnoresTheWorkingFolder) {
    const TemporaryFolder folder;
    make_program(folder, "tool");
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    const SearchPath path(":.:");
    EXPECT_EQ(find_program("tool"), "");
    std::filesystem::current_path(before);
}

}  // namespace
}  // namespace trilby::platform
