// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby {
namespace {

using ::testing::ElementsAre;

TEST(LowerCase, ChangesAsciiLettersOnly) {
    EXPECT_EQ(lower_case("OpenBLAS \u00c4.PNG [1]"), "openblas \u00c4.png [1]");
}

TEST(Printable, EscapesControlSequences) {
    EXPECT_EQ(printable("a\x1b[31mred"), "a\\x1b[31mred");
    EXPECT_EQ(printable("line\nnext\ttab"), "line\nnext\ttab");
    EXPECT_EQ(printable("\x7f"), "\\x7f");
}

TEST(Printable, KeepsUtf8AndEscapesInvalidBytes) {
    EXPECT_EQ(printable("Gr\u00fc\u00dfe \u20ac \U0001F3A9"), "Gr\u00fc\u00dfe \u20ac \U0001F3A9");
    EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
    EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
    EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");           // C1 control sequence introducer
    EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");           // cut short
}

TEST(Printable, EscapesWhatTerminalsAndReadersMisread) {
    // C1 controls, overrides and isolates of the direction, marks, separators, invisible
    // characters, private use, noncharacters.
    for (const char* hidden :
         {"\u0085",     "\u009b", "\u202a", "\u202e", "\u2066",     "\u2069",
          "\u200e",     "\u200f", "\u061c", "\u2028", "\u2029",     "\u200b",
          "\u200d",     "\u2060", "\ufeff", "\u00ad", "\ue000",     "\U000f0000",
          "\U000e0041", "\ufffe", "\uffff", "\ufdd0", "\U0001fffe", "\U0010ffff"}) {
        EXPECT_THAT(printable(hidden), ::testing::MatchesRegex("(\\\\x[0-9a-f]+)+")) << hidden;
    }
}

TEST(Printable, KeepsTextInAllScripts) {
    for (const char* text : {"Gr\u00fc\u00dfe", "\u65e5\u672c\u8a9e", "\u0440\u0443\u0441",
                             "\u0639\u0631\u0628\u064a", "\u0939\u093f\u0928\u094d\u0926\u0940",
                             "\U0001f3a9\ufe0f", "\ufffc\ufffd", "\u2070\u2027"}) {
        EXPECT_EQ(printable(text), text);
    }
}

TEST(ShellQuoted, IsPrintableForEveryText) {
    EXPECT_EQ(shell_word("plain"), "plain");
    EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word("a\x1b[1m'\n\\"), "$'a\\x1b[1m\\x27\\x0a\\x5c'");
}

TEST(Printable, TruncatesWithANote) {
    EXPECT_EQ(printable("abcdef", 4), "abcd... (2 bytes more)");
}

TEST(ParseNumber, ParsesTheWholeTextOrNothing) {
    EXPECT_EQ(parse_number<int>("42"), 42);
    EXPECT_EQ(parse_number<int>("42x"), std::nullopt);
    EXPECT_EQ(parse_number<int>(""), std::nullopt);
    EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
    EXPECT_EQ(parse_hex<std::uint16_t>("0x10de"), 0x10de);
    EXPECT_EQ(parse_hex<std::uint16_t>("10de"), std::nullopt);
}

TEST(DidYouMean, SuggestsOnlySimilarWords) {
    const std::vector<std::string_view> known{"learning_rate", "momentum"};
    EXPECT_EQ(did_you_mean("learning_rat", known), " (did you mean 'learning_rate'?)");
    EXPECT_EQ(did_you_mean("batch", known), "");
    EXPECT_EQ(did_you_mean("MOMENTUM", known), " (did you mean 'momentum'?)");
}

TEST(Split, DropsEmptyParts) {
    EXPECT_THAT(split_lines("a\n\nb\n"), ElementsAre("a", "b"));
    EXPECT_THAT(split_words("  a\tb  c"), ElementsAre("a", "b", "c"));
    EXPECT_EQ(trim("  x \n"), "x");
    EXPECT_EQ(trim(std::string_view("x \n\0 \0", 6)), "x");
}

TEST(ShellWord, QuotesOnlyIfTheShellRequiresIt) {
    EXPECT_EQ(shell_word("runs/fashion-mnist-1"), "runs/fashion-mnist-1");
    EXPECT_EQ(shell_word("a run"), "'a run'");
    EXPECT_EQ(shell_word("it's $HOME"), R"('it'\''s $HOME')");
    EXPECT_EQ(shell_word("~"), "'~'");
    EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace trilby
