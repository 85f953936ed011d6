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

TEST(Row, SurvivesATerminalOfOneColumn) {
    EXPECT_NE(row("CPU", "some words", {.columns = 1, .has_color = false}).find("some words"),
              std::string::npos);
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
