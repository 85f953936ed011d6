// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/choose.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <variant>

#include "../../support/temporary_folder.hpp"
#include "train/table/choose_target.hpp"

namespace trilby::train::table {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

class ChooseForTable : public ::testing::Test {
  protected:
    data::TableProfile profile_of(std::string_view text) {
        return data::profile_table(folder_.write("t.csv", text)).value();
    }
    ChosenTarget target_of(std::string_view text) {
        return choose_target(profile_of(text), std::nullopt).value();
    }

    testing::TemporaryFolder folder_;
};

TEST_F(ChooseForTable, TakesTheTargetByItsName) {
    const ChosenTarget target = target_of("Price,color\n3.5,a\n4.25,b\n8,a\n");
    EXPECT_EQ(target.column, "Price");
    EXPECT_EQ(target.type, data::ColumnType::number);
    EXPECT_EQ(target.reason, "because of its name");
}

TEST_F(ChooseForTable, TakesTheLastColumnThatCanBeLearned) {
    const ChosenTarget target = target_of("a,b,c\n3.5,u,1\n4.25,v,1\n8,u,1\n");
    EXPECT_EQ(target.column, "b");
    EXPECT_EQ(target.reason, "the last column with numbers or categories");
}

TEST_F(ChooseForTable, TakesNumbersThatCountForClasses) {
    EXPECT_EQ(target_of("a,class\n3.5,0\n4,1\n8,0\n").type, data::ColumnType::category);
    EXPECT_EQ(target_of("a,class\n3.5,1\n4,2\n8,3\n9,2\n").type, data::ColumnType::category);
    EXPECT_EQ(target_of("a,quality\n3.5,5\n4,6\n8,5\n").type, data::ColumnType::number);
    EXPECT_EQ(target_of("a,class\n3.5,0\n4,0.5\n8,1\n").type, data::ColumnType::number);
}

TEST_F(ChooseForTable, TakesWholeNumbersForClassesIfTheColumnIsCalledSo) {
    EXPECT_EQ(target_of("a,Type\n3.5,1\n4,2\n8,7\n").type, data::ColumnType::category);
    EXPECT_EQ(target_of("a,label\n3.5,-1\n4,1\n8,1\n").type, data::ColumnType::category);
    EXPECT_EQ(target_of("a,rooms\n3.5,1\n4,2\n8,7\n").type, data::ColumnType::number);
}

TEST_F(ChooseForTable, GrantsAWishOrSaysWhyNot) {
    const data::TableProfile profile = profile_of("a,b,c\n3.5,u,1\n4.25,v,1\n8,u,1\n");
    EXPECT_EQ(choose_target(profile, "a").value().column, "a");
    EXPECT_THAT(choose_target(profile, "c").error().message, HasSubstr("it is always '1'"));
    EXPECT_THAT(choose_target(profile, "d").error().message, HasSubstr("no column 'd'"));
}

TEST_F(ChooseForTable, WritesEverythingIntoTheRecipe) {
    std::string text = "id,\"carat \"\"of.it\"\"\",cut,price\n";  // carat "of.it"
    for (int i = 0; i < 200; ++i) {
        text += fmt::format("{},{}.5,{},{}\n", i + 1, i, i % 2 == 0 ? "good" : "fair", i * i);
    }
    const auto choice = choose("a/stones.csv", profile_of(text), {});
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_EQ(choice->recipe.name, "stones");
    const auto& settings = std::get<Settings>(choice->recipe.task);
    EXPECT_EQ(settings.path, "a/stones.csv");
    EXPECT_EQ(settings.columns.at("id"), "ignored");
    EXPECT_EQ(settings.columns.at("cut"), "category");
    EXPECT_EQ(settings.columns.at("carat \"of.it\""), "number");
    EXPECT_THAT(choice->decisions, Contains("target: price, a number, because of its name"));
    const auto read = parse_recipe(to_toml(choice->recipe), "chosen.toml");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(std::get<Settings>(read->task), settings);
}

TEST_F(ChooseForTable, KnowsWhatTheUserSaysOfTheDataBefore) {
    std::string text = "a,size,b,class\n";
    for (int i = 0; i < 200; ++i) {
        text += fmt::format("{}.5,{},{},{}\n", i, i % 3, i % 7, i % 2);
    }
    const auto choice = choose("t.csv", profile_of(text),
                               {.task = {},
                                .target = {},
                                .data_changes = {"data.columns.class=ignored", "data.target=size",
                                                 "data.columns.size=number", "data.test=0.5"}});
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_THAT(choice->decisions, Contains("target: size, a number, as asked for"));
    const auto& settings = std::get<Settings>(choice->recipe.task);
    EXPECT_EQ(settings.target, "size");
    EXPECT_EQ(settings.columns.at("class"), "ignored");
    EXPECT_EQ(settings.columns.at("size"), "number");
    EXPECT_EQ(settings.columns.at("a"), "number");
    EXPECT_EQ(settings.test, 0.5);
}

TEST_F(ChooseForTable, ReportsAColumnThatTheUserNamesInVain) {
    const auto choice = choose("t.csv", profile_of("a,b,y\n1.5,u,2\n2.5,v,3\n4,u,9\n"),
                               {.task = {}, .target = {}, .data_changes = {"data.columns.c=date"}});
    EXPECT_THAT(choice.error().message, HasSubstr("no column 'c'"));
}

TEST_F(ChooseForTable, DividesTheRowsAsAColumnSays) {
    std::string text = "a,Split\n";
    std::string wrong = "a,split\n";
    for (int i = 0; i < 100; ++i) {
        text += fmt::format("{}.5,{}\n", i * i % 41, i % 5 == 0 ? "Test" : "train");
        wrong += fmt::format("{}.5,{}\n", i * i % 41, i % 5 == 0 ? "banana" : "train");
    }
    const auto choice = choose("t.csv", profile_of(text), {});
    ASSERT_TRUE(choice) << choice.error().message;
    EXPECT_THAT(choice->decisions, Contains(HasSubstr("parts: column 'Split' says")));
    const auto& settings = std::get<Settings>(choice->recipe.task);
    EXPECT_EQ(settings.target, "a");
    EXPECT_EQ(settings.split, SplitKind::column);
    EXPECT_EQ(settings.split_column, "Split");
    EXPECT_EQ(settings.columns.at("Split"), "category");
    const auto of = [&](const std::string& table, const Wishes& wishes) {
        return std::get<Settings>(choose("t.csv", profile_of(table), wishes)->recipe.task);
    };
    EXPECT_EQ(of(wrong, {}).split, SplitKind::random);
    Wishes split_as_target;
    split_as_target.target = "Split";
    EXPECT_EQ(of(text, split_as_target).split, SplitKind::random);
    Wishes at_random;
    at_random.data_changes = {"data.split=random"};
    EXPECT_EQ(of(text, at_random).split, SplitKind::random);
}

TEST(ChooseSize, StaysWithinTheTimeForMoreRows) {
    for (const std::int64_t rows : {100, 10'000, 1'000'000, 10'000'000}) {
        const TableShape shape{.training_rows = rows, .numbers = 20, .categories = 5};
        Settings settings;
        LoopSettings loop;
        OptimizerSettings optimizer;
        choose_size(settings, loop, optimizer, shape);
        const double operations = training_cost(settings, shape) * static_cast<double>(rows) *
                                  static_cast<double>(loop.epochs);
        EXPECT_LT(operations, 2e13) << rows;
        EXPECT_LE(loop.batch_size, rows);
        EXPECT_GT(loop.average, 0.6);
        EXPECT_LT(loop.average, 1.0);
    }
}

TEST(ChooseSize, GivesWideTablesNarrowEmbeddings) {
    Settings settings;
    LoopSettings loop;
    OptimizerSettings optimizer;
    choose_size(settings, loop, optimizer, {.training_rows = 1000, .numbers = 60});
    EXPECT_EQ(settings.embedding_size, 8);
    choose_size(settings, loop, optimizer, {.training_rows = 1000, .numbers = 784});
    EXPECT_EQ(settings.embedding, EmbeddingKind::none);
}

}  // namespace
}  // namespace trilby::train::table
