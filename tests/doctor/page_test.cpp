// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The format of the pages of conditions.

#include "doctor/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::doctor {
namespace {

using ::testing::ElementsAre;

constexpr const char* example = R"(<!-- Copyright The Trilby Authors -->

# The card is cold

Nothing computes
with it.

First paragraph
of the details.

Second paragraph.

## Fedora, Nobara

    sudo dnf install heater
    heater --on

Then wait
a minute.

{{reboot}}

## Any system

Light a fire.
)";

TEST(Page, HasATitleAReasonAndDetails) {
    const Page page = parse_page(example);
    EXPECT_EQ(page.title, "The card is cold");
    EXPECT_EQ(page.why, "Nothing computes with it.");
    EXPECT_EQ(page.details, "First paragraph of the details.\n\nSecond paragraph.");
}

TEST(Page, HasSectionsOfCommandsSentencesAndInsertions) {
    const Page page = parse_page(example);
    ASSERT_EQ(page.sections.size(), 2U);
    EXPECT_THAT(page.sections[0].headings, ElementsAre("Fedora", "Nobara"));
    EXPECT_THAT(page.sections[0].steps, ElementsAre("sudo dnf install heater", "heater --on",
                                                    "Then wait a minute.", "{{reboot}}"));
    EXPECT_THAT(page.sections[1].steps, ElementsAre("Light a fire."));
}

TEST(Page, OfNoTextIsEmpty) {
    const Page page = parse_page("");
    EXPECT_EQ(page.title + page.why + page.details, "");
    EXPECT_TRUE(page.sections.empty());
}

}  // namespace
}  // namespace trilby::doctor
