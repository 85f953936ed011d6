// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/new_project.hpp"

#include <algorithm>
#include <gmock/gmock.h>

namespace trilby::scaffold {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(NewProject, OfEachTemplateIsAShortProgramWithItsTarget) {
    for (const Template& one : templates()) {
        const std::vector<ProjectFile> files = new_project("net", one);
        ASSERT_EQ(files.size(), 3U);
        EXPECT_EQ(files[0].name, "CMakeLists.txt");
        EXPECT_THAT(files[0].text, AllOf(StartsWith("cmake_minimum_required"),
                                         HasSubstr("add_executable(net main.cpp)")));
        EXPECT_EQ(files[1].name, "main.cpp");
        EXPECT_LE(std::ranges::count(files[1].text, '\n'), 60);
        EXPECT_THAT(files[1].text, AllOf(HasSubstr("job.fit("), HasSubstr(": build/net ")));
        EXPECT_THAT(files[2].text, AllOf(StartsWith("# net\n"), HasSubstr("build/net ")));
        for (const ProjectFile& file : files) {
            EXPECT_THAT(file.text, AllOf(Not(HasSubstr("{{name")), Not(HasSubstr("Copyright"))));
        }
    }
}

TEST(NewProject, HasTemplatesForAllKindsOfData) {
    for (const char* name : {"image", "tabular", "text", "series"}) {
        ASSERT_NE(find_template(name), nullptr);
        EXPECT_EQ(find_template(name)->name, name);
    }
    EXPECT_EQ(find_template("sound"), nullptr);
    EXPECT_EQ(templates().front().name, "image");
}

}  // namespace
}  // namespace trilby::scaffold
