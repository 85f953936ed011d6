// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "manual/quoting.hpp"

#include <gtest/gtest.h>

namespace trilby::manual {
namespace {

TEST(Quoting, ShellRunsNothing) {
    EXPECT_EQ(shell_quoted("$(rm -rf ~) `x` \\"), "'$(rm -rf ~) `x` \\'");
    EXPECT_EQ(shell_quoted("it's"), R"('it'\''s')");
    EXPECT_EQ(shell_quoted(""), "''");
}

TEST(Quoting, FishRunsNothing) {
    EXPECT_EQ(fish_quoted("(rm) $x"), "'(rm) $x'");
    EXPECT_EQ(fish_quoted(R"(it's \)"), R"('it\'s \\')");
}

TEST(Quoting, BackslashesOfSpecs) {
    EXPECT_EQ(backslashed("a:b [c] \\", ":]"), R"(a\:b [c\] \\)");
}

TEST(Quoting, WordsOfAnArray) {
    EXPECT_EQ(shell_words({"a", "b c"}), "'a' 'b c'");
    EXPECT_EQ(shell_words({}), "");
}

}  // namespace
}  // namespace trilby::manual
