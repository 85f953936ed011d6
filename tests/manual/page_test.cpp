// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/page.hpp"

#include <gmock/gmock.h>

#include "support/temporary_folder.hpp"

namespace trilby::manual {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Page, HasTheNameAndSectionOfItsFile) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("odd-one.5.md", "text {{x}}");
    folder.write("odd.1.md", "");
    folder.write("README", "");
    const auto all = read_pages(folder.path());
    ASSERT_TRUE(all) << all.error().message;
    ASSERT_EQ(all->pages.size(), 2U);
    EXPECT_EQ(all->pages[0].file_name(), "odd.1");
    EXPECT_EQ(all->pages[1].file_name(), "odd-one.5");
    EXPECT_EQ(all->pages[1].text, "text {{x}}");
}

TEST(Page, SharedTextsHaveTheNamesOfTheirHeadings) {
    const trilby::testing::TemporaryFolder folder;
    folder.write("shared.md",
                 "About this file.\n\n## NO_COLOR\n\nNone.\n\n## two words\n\na\n\nb\n");
    const auto all = read_pages(folder.path());
    ASSERT_TRUE(all) << all.error().message;
    EXPECT_THAT(all->shared, ElementsAre(Pair("NO_COLOR", "None."), Pair("two words", "a\n\nb")));
}

TEST(Page, ExpandsEachInsertionOnce) {
    const Page page{"odd", '1', "{{a}} and {{a}} or {{b}}"};
    EXPECT_EQ(expanded(page, {{"a", "{{b}}"}, {"b", "2"}}), "{{b}} and {{b}} or 2");
}

}  // namespace
}  // namespace trilby::manual
