// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/safe_text.hpp"

#include <gtest/gtest.h>
#include <type_traits>

namespace trilby {
namespace {

TEST(SafeText, TakesOnlyLiteralsAsTheyAre) {
    EXPECT_EQ(SafeText("\x1b[1mliteral\n"), "\x1b[1mliteral\n");
    EXPECT_EQ(SafeText(std::string_view("\x1b[1mfound\n")), "\\x1b[1mfound ");
    static_assert(!std::is_convertible_v<std::string, SafeText>);
    static_assert(!std::is_convertible_v<const char*, SafeText>);
    static_assert(!std::is_constructible_v<SafeText, char(&)[4]>);
}

TEST(SafeText, FormatEscapesEveryArgumentThatIsNotSafe) {
    const std::string outside = "a\n\x1b[31m\u202e";
    const std::filesystem::path path = outside;
    EXPECT_EQ(SafeText::format("{} {}\n", outside, path),
              "a \\x1b[31m\\xe2\\x80\\xae a \\x1b[31m\\xe2\\x80\\xae\n");
    EXPECT_EQ(SafeText::format("{}{:>3}", SafeText("safe\n"), 7), "safe\n  7");
}

TEST(SafeText, QuotedLinesDoNotLookLikeTheProgramsOwn) {
    EXPECT_EQ(SafeText::lines("a\n\tb\x1b\n"), "a\n\tb\\x1b\n");
    EXPECT_EQ(SafeText::quoted_lines("trilby: error: x\ny"), "  trilby: error: x\n  y\n");
}

}  // namespace
}  // namespace trilby
