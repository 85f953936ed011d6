// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/choose.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "train/text/data.hpp"

namespace trilby::train::text {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

data::TextSummary text_of(std::uint64_t characters) {
    return {.bytes = characters, .characters = characters, .distinct = 65, .lines = 10};
}

Choice choice_for(const data::TextSummary& text) {
    return choose("folder/book.txt", text, {}).value();
}

const Settings& settings_of(const Choice& choice) {
    return std::get<Settings>(choice.recipe.task);
}

std::int64_t tokens_read(const Choice& choice) {
    const LoopSettings& loop = choice.recipe.training;
    return loop.epochs * loop.steps_per_epoch * loop.batch_size * settings_of(choice).context;
}

TEST(ChooseText, MakesARecipeThatCanBeWrittenAndReadForEverySize) {
    for (std::uint64_t size = 100; size <= 10'000'000'000; size *= 10) {
        const Choice choice = choice_for(text_of(size));
        const auto reread = parse_recipe(to_toml(choice.recipe), "recipe");
        ASSERT_TRUE(reread) << reread.error().message;
        EXPECT_EQ(std::get<Settings>(reread->task), settings_of(choice));
        EXPECT_TRUE(check_network(settings_of(choice), choice.recipe));
    }
}

TEST(ChooseText, HoldsOutMoreThanAContextOfShortTexts) {
    for (const std::uint64_t size : {200U, 1'000U, 10'000U}) {
        const Choice choice = choice_for(text_of(size));
        EXPECT_TRUE(split(settings_of(choice), static_cast<std::int64_t>(size), choice.recipe))
            << size;
    }
}

TEST(ChooseText, HoldsOutATenthButNotMoreThanAnEvaluationNeeds) {
    EXPECT_EQ(settings_of(choice_for(text_of(2'000'000))).validation, 0.1);
    EXPECT_EQ(settings_of(choice_for(text_of(3'000'000))).validation, 0.05);
    EXPECT_EQ(settings_of(choice_for(text_of(1'000'000'000))).validation, 0.0002);
}

TEST(ChooseText, ReadsShortTextsOftenAndLongTextsForAsLongAsOthers) {
    EXPECT_LE(tokens_read(choice_for(text_of(10'000))), 400'000);
    const std::int64_t most = tokens_read(choice_for(text_of(1'000'000)));
    EXPECT_GT(most, 7'000'000);
    EXPECT_LE(tokens_read(choice_for(text_of(1'000'000'000))), most);
}

TEST(ChooseText, TakesTheNameOfTheFile) {
    const Choice choice = choice_for(text_of(1'000'000));
    EXPECT_EQ(choice.recipe.name, "book");
    EXPECT_EQ(settings_of(choice).path, "folder/book.txt");
}

TEST(ChooseText, TakesBytesWhereCharactersDoNotFit) {
    data::TextSummary text = text_of(1'000'000);
    EXPECT_EQ(settings_of(choice_for(text)).tokens, TokenChoice::characters);
    text.distinct = character_limit + 1;
    EXPECT_EQ(settings_of(choice_for(text)).tokens, TokenChoice::bytes);
    EXPECT_THAT(choice_for(text).decisions,
                Contains(HasSubstr("different characters, more than 1,024")));
    text.is_utf8 = false;
    EXPECT_THAT(choice_for(text).decisions, Contains(HasSubstr("is not UTF-8")));
}

TEST(ChooseText, TakesTheSettingsOfTheData) {
    data::TextSummary text = text_of(1'000'000);
    text.bytes = 1'200'000;
    const auto choice = choose(
        "book.txt", text,
        {.data_changes = {"data.tokens=bytes", "data.validation=0.0005", "data.test = 0.0004"}});
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_EQ(settings_of(*choice).tokens, TokenChoice::bytes);
    EXPECT_EQ(settings_of(*choice).validation, 0.0005);
    EXPECT_EQ(settings_of(*choice).context, 60);  // an eighth of 480 bytes
    EXPECT_THAT(choice->decisions, Contains("tokens: bytes, as asked for"));
    EXPECT_THAT(choice->decisions,
                Contains("parts: the last 0.04 % of the text for the test, the 0.05 % before them "
                         "for validation, the rest for training"));
    EXPECT_TRUE(split(settings_of(*choice), 1'200'000, choice->recipe));
}

TEST(ChooseText, RefusesATarget) {
    const auto choice = choose("book.txt", text_of(1000), {.target = "price"});
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().code, ErrorCode::usage);
    EXPECT_THAT(choice.error().message, HasSubstr("'price'"));
}

}  // namespace
}  // namespace trilby::train::text
