// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/layout.hpp"

#include <gtest/gtest.h>

namespace trilby::report {
namespace {

TEST(Row, FoldsAtWordsAndIndents) {
    EXPECT_EQ(row("CPU", "one two three four five six", {.columns = 30, .has_color = false}),
              "CPU       one two three four\n          five six\n");
}

TEST(Row, KeepsAWordThatDoesNotFit) {
    const std::string path(60, 'x');
    EXPECT_EQ(row("A", "see " + path, {.columns = 30, .has_color = false}),
              "A         see\n          " + path + "\n");
}

TEST(Row, CountsTwoColumnsForWideCharacters) {
    EXPECT_EQ(row("\u65e5\u672c", "x", {}), "\u65e5\u672c      x\n");
}

TEST(Row, TakesNoLineOrControlFromItsText) {
    EXPECT_EQ(row("a\nb", "c\nd\x1b[2J\u202e", {}), "a b       c d\\x1b[2J\\xe2\\x80\\xae\n");
    EXPECT_EQ(paragraph("a\n\nb\u0085", {}), "a b\\xc2\\x85\n");
    EXPECT_EQ(bold("a\n\x1b", {}), "a \\x1b");
}

TEST(Row, SurvivesATerminalOfOneColumn) {
    const std::string text = row("CPU", "some words", {.columns = 1, .has_color = false});
    EXPECT_NE(text.find("some words"), std::string::npos);
}

TEST(Bold, IsLeftOutWithoutColor) {
    EXPECT_EQ(bold("x", {.columns = 80, .has_color = false}), "x");
    EXPECT_EQ(bold("x", {.columns = 80, .has_color = true}), "\x1b[1mx\x1b[0m");
}

TEST(OneLine, LeavesNoControlCharacter) {
    EXPECT_EQ(one_line("a\nb\tc\x1b[2J"), "a b c\\x1b[2J");
}

}  // namespace
}  // namespace trilby::report
