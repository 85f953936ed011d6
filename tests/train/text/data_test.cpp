// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/data.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/packed.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::train::text {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class TextDataTest : public ::testing::Test {
  protected:
    [[nodiscard]] Settings settings(std::string_view content) const {
        Settings settings;
        settings.path = folder_.write("t.txt", content).string();
        settings.context = 4;
        return settings;
    }
    [[nodiscard]] static Result<PreparedData> prepared(const Settings& settings) {
        Recipe recipe;
        recipe.name = "made";
        recipe.task = settings;
        return prepare(settings, recipe, std::nullopt);
    }
    [[nodiscard]] static Error error_of(const Settings& settings) {
        return prepared(settings).error();
    }
    testing::TemporaryFolder folder_;
};

/// 100 characters, 10 different ones.
std::string digits() {
    std::string text;
    for (int i = 0; i < 10; ++i) {
        text += "0123456789";
    }
    return text;
}

std::string many_characters(char32_t count) {
    std::u32string characters;
    for (char32_t i = 0; i < count; ++i) {
        characters.push_back(0x4e00 + i);
    }
    const auto vocabulary = data::Vocabulary::of_characters(characters);
    std::string text;
    for (char32_t i = 0; i < count; ++i) {
        text += vocabulary.decode(i);
    }
    return text;
}

TEST_F(TextDataTest, NumbersCharactersAndKeepsTheirOrder) {
    const auto data = prepared(settings(digits()));
    ASSERT_TRUE(data) << data.error().message;
    const auto tokens = data->arrays.elements<std::uint8_t>("tokens");
    ASSERT_EQ(tokens.size(), 100U);
    EXPECT_THAT(tokens.first(12), ElementsAre(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1));
    EXPECT_EQ(parse_schema(data->schema)->characters.size(), 10U);
}

TEST_F(TextDataTest, HoldsOutTheEndOfTheText) {
    Settings wanted = settings(digits());
    EXPECT_EQ(prepared(wanted)->parts,
              (data::Parts{.training = {0, 90}, .validation = {90, 100}, .test = {100, 100}}));
    wanted.validation = 0.2;
    wanted.test = 0.1;
    EXPECT_EQ(prepared(wanted)->parts,
              (data::Parts{.training = {0, 70}, .validation = {70, 90}, .test = {90, 100}}));
    EXPECT_THAT(prepared(wanted)->notes,
                Contains(HasSubstr("first 70 characters are for training, the next 20 for "
                                   "validation, the last 10 for the test")));
}

TEST_F(TextDataTest, ReadsGzip) {
    const auto data = prepared(settings(testing::gzip(digits())));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->arrays.elements<std::uint8_t>("tokens").size(), 100U);
}

TEST_F(TextDataTest, LearnsBytesOfTextThatIsNotUtf8AndSaysSo) {
    const auto data = prepared(settings(digits() + "caf\xe9"));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(parse_schema(data->schema), (Schema{.characters = {}, .is_utf8 = false}));
    EXPECT_THAT(data->notes, Contains("bytes are learned, because the text is not UTF-8"));
}

TEST_F(TextDataTest, LearnsBytesOfTextWithManyCharactersAndSaysSo) {
    const auto data = prepared(settings(many_characters(1025)));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(parse_schema(data->schema), (Schema{.characters = {}, .is_utf8 = true}));
    EXPECT_THAT(data->notes, Contains(HasSubstr("1,025 different characters")));
}

TEST_F(TextDataTest, KeepsMoreThan256CharactersAsIntegers) {
    const auto data = prepared(settings(many_characters(1024)));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->arrays.elements<std::int32_t>("tokens").back(), 1023);
}

TEST_F(TextDataTest, RefusesCharactersThatTheRecipeAsksForAndTheTextHasNot) {
    Settings wanted = settings(digits() + "caf\xe9");
    wanted.tokens = TokenChoice::characters;
    EXPECT_THAT(error_of(wanted).message,
                AllOf(HasSubstr("tokens is \"characters\""), HasSubstr("is not UTF-8")));
}

TEST_F(TextDataTest, LearnsBytesIfTheRecipeSaysSo) {
    Settings wanted = settings(digits());
    wanted.tokens = TokenChoice::bytes;
    const auto data = prepared(wanted);
    EXPECT_EQ(data->arrays.elements<std::uint8_t>("tokens").front(), '0');
    EXPECT_THAT(data->notes, Not(Contains(HasSubstr("because"))));
}

TEST_F(TextDataTest, RefusesPartsThatAreNotLongerThanTheContext) {
    Settings wanted = settings(digits());
    wanted.context = 10;
    EXPECT_THAT(error_of(wanted).message,
                AllOf(HasSubstr("validation part"), HasSubstr("has 10 of its 100 tokens"),
                      HasSubstr("more than the context of 10")));
    wanted.context = 9;
    EXPECT_TRUE(prepared(wanted));
    wanted.validation = 0.9;
    wanted.test = 0.9;
    EXPECT_THAT(error_of(wanted).message, HasSubstr("the training part"));
}

TEST_F(TextDataTest, RefusesAWidthThatHeadsCannotShare) {
    Settings wanted = settings(digits());
    wanted.width = 100;
    wanted.heads = 3;
    EXPECT_THAT(error_of(wanted).message,
                AllOf(HasSubstr("width is 100"), HasSubstr("a multiple of 6")));
    wanted.positions = Positions::learned;
    EXPECT_THAT(error_of(wanted).message, HasSubstr("a multiple of 3"));
}

TEST_F(TextDataTest, SaysThatLineEndsAreTwoCharacters) {
    EXPECT_THAT(prepared(settings(digits() + "\r\n"))->notes,
                Contains("lines end with CR and LF; both are learned"));
}

TEST_F(TextDataTest, RefusesAnEmptyFile) {
    EXPECT_THAT(error_of(settings("")).message, HasSubstr("is empty"));
}

TEST_F(TextDataTest, ReadsAnotherTextByTheSchemaAlone) {
    const Schema schema = parse_schema(prepared(settings(digits()))->schema).value();
    const auto read = [&](std::string_view content) {
        const auto path = folder_.write("other.txt", content);
        return arrays_for(schema, path, data::profile_text(path).value());
    };
    EXPECT_THAT(read("975")->elements<std::uint8_t>("tokens"), ElementsAre(9, 7, 5));
    EXPECT_THAT(read("97x").error().message, HasSubstr("'x' (U+0078) at byte 2"));
    EXPECT_THAT(read("9\n").error().message, HasSubstr("'\\n' (U+000A) at byte 1"));
    EXPECT_THAT(read("9\n").error().hint, HasSubstr("--set data.tokens=bytes"));
}

TEST(TextSchema, IsReadAsItWasWritten) {
    const Schema schema{.characters = {'\n', 'a', 0xfc, 0x1f600}, .is_utf8 = true};
    EXPECT_EQ(parse_schema(to_json(schema)), schema);
}

TEST(TextSchema, RefusesCharactersThatNoTextHas) {
    for (const std::vector<std::uint32_t>& characters :
         {std::vector<std::uint32_t>{'b', 'a'}, {'a', 'a'}, {0xd800}, {0x110000}}) {
        EXPECT_FALSE(parse_schema(to_json(Schema{.characters = characters, .is_utf8 = true})));
    }
    EXPECT_FALSE(parse_schema(to_json(Schema{.characters = {'a'}, .is_utf8 = false})));
}

}  // namespace
}  // namespace trilby::train::text
