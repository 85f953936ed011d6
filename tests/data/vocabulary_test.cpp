// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/vocabulary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::int32_t> encoded(const Vocabulary& vocabulary, std::string_view text) {
    std::vector<std::int32_t> tokens;
    EXPECT_TRUE(vocabulary.encode(text, tokens));
    return tokens;
}

std::string error_of(const Vocabulary& vocabulary, std::string_view text) {
    std::vector<std::int32_t> tokens;
    return vocabulary.encode(text, tokens, 100).error().message;
}

TEST(Vocabulary, NumbersCharactersInTheirOrder) {
    const Vocabulary vocabulary = Vocabulary::of_characters(U"\nabü€😀");
    EXPECT_EQ(vocabulary.size(), 6U);
    EXPECT_THAT(encoded(vocabulary, "😀b\nü€"), ElementsAre(5, 2, 0, 3, 4));
}

TEST(Vocabulary, DecodesWhatItEncoded) {
    const Vocabulary vocabulary = Vocabulary::of_characters(U"\nabü€😀");
    std::string text;
    for (const std::int32_t token : encoded(vocabulary, "aü€\n😀")) {
        text += vocabulary.decode(token);
    }
    EXPECT_EQ(text, "aü€\n😀");
}

TEST(Vocabulary, NumbersBytesByTheirValue) {
    const Vocabulary vocabulary = Vocabulary::of_bytes();
    EXPECT_EQ(vocabulary.size(), 256U);
    EXPECT_THAT(encoded(vocabulary, "a\xff"), ElementsAre('a', 0xff));
    EXPECT_EQ(vocabulary.decode(0xff), "\xff");
}

TEST(Vocabulary, ReportsTheFirstUnknownCharacterAndItsByte) {
    const Vocabulary vocabulary = Vocabulary::of_characters(U"ab");
    EXPECT_THAT(error_of(vocabulary, "abéa"),
                AllOf(HasSubstr("'é' (U+00E9) at byte 102"), HasSubstr("the 2 characters")));
    EXPECT_THAT(error_of(vocabulary, "a\x1b"), HasSubstr("U+001B"));
}

TEST(Vocabulary, ReportsTheByteThatIsNotUtf8) {
    EXPECT_THAT(error_of(Vocabulary::of_characters(U"ab"), "ab\xff"), HasSubstr("byte 102"));
}

TEST(ReadTokens, ReadsCharactersThatCrossPieces) {
    const testing::TemporaryFolder folder;
    std::string text = "a";
    for (int i = 0; i < 600'000; ++i) {
        text += "ü";  // a piece is 1 MiB, and ends inside one of these
    }
    std::vector<std::uint8_t> tokens(600'001);
    ASSERT_TRUE(read_tokens(folder.write("t.txt", text), Vocabulary::of_characters(U"aü"),
                            std::span(tokens)));
    EXPECT_EQ(tokens.front(), 0);
    EXPECT_THAT(std::span(tokens).subspan(1), Each(1));
}

TEST(ReadTokens, DropsTheByteOrderMark) {
    const testing::TemporaryFolder folder;
    std::vector<std::int32_t> tokens(2);
    ASSERT_TRUE(read_tokens(folder.write("t.txt", "\xef\xbb\xbfok"), Vocabulary::of_bytes(),
                            std::span(tokens)));
    EXPECT_THAT(tokens, ElementsAre('o', 'k'));
}

TEST(ReadTokens, RefusesAFileThatIsLongerOrShorterThanItWas) {
    const testing::TemporaryFolder folder;
    const auto path = folder.write("t.txt", "abc");
    for (const std::size_t expected : {2U, 4U}) {
        std::vector<std::uint8_t> tokens(expected);
        const auto read = read_tokens(path, Vocabulary::of_bytes(), std::span(tokens));
        ASSERT_FALSE(read);
        EXPECT_THAT(read.error().message, HasSubstr("changed while it was read"));
    }
}

TEST(ReadTokens, ReportsTheFileOfAnUnknownCharacter) {
    const testing::TemporaryFolder folder;
    std::vector<std::uint8_t> tokens(3);
    const auto read = read_tokens(folder.write("t.txt", "abc"), Vocabulary::of_characters(U"ab"),
                                  std::span(tokens));
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message, AllOf(HasSubstr("t.txt"), HasSubstr("'c'")));
}

}  // namespace
}  // namespace trilby::data
