// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/data.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../support/temporary_folder.hpp"

namespace trilby::train::table {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::EndsWith;
using ::testing::HasSubstr;

/// 100 rows: a number, a category with a missing value, a row number, a price and a class.
std::string made_table() {
    std::string text = "id,size,color,price,kind\n";
    for (int i = 0; i < 100; ++i) {
        text += fmt::format("{},{},{},{},{}\n", i + 1, i * 7 % 100, i % 3 == 0 ? "red" : "blue",
                            10 + i, i % 4 == 0 ? "rare" : "common");
    }
    return text;
}

class PrepareTable : public ::testing::Test {
  protected:
    Result<PreparedData> prepare_text(std::string_view text, Settings settings) {
        settings.path = folder_.write("t.csv", text).string();
        return prepare(settings, recipe_, std::nullopt);
    }
    std::string error_of(std::string_view text, Settings settings) {
        const auto prepared = prepare_text(text, std::move(settings));
        return prepared ? "no error" : prepared.error().message;
    }

    testing::TemporaryFolder folder_;
    Recipe recipe_;
};

TEST_F(PrepareTable, PutsThePartsOneAfterTheOther) {
    const auto prepared = prepare_text(made_table(), {.target = "kind"});
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_EQ(prepared->parts.training, (data::Range{0, 64}));
    EXPECT_EQ(prepared->parts.test, (data::Range{80, 100}));
    EXPECT_THAT(prepared->arrays.layout_of("numbers").shape, ElementsAre(100, 2));
    EXPECT_THAT(prepared->arrays.layout_of("codes").shape, ElementsAre(100, 1));
    const auto classes = prepared->arrays.elements<std::int32_t>("targets");
    EXPECT_EQ(std::ranges::count(classes.subspan(80), 1), 5);  // a quarter of each part is rare
    EXPECT_THAT(prepared->notes, Contains(HasSubstr("id (it only counts the rows)")));
    EXPECT_THAT(prepared->notes,
                Contains("64 rows for training, 16 for validation and 20 for the test, at random"));
}

TEST_F(PrepareTable, RefusesATargetThatVariesLessThan32BitsCanHold) {
    std::string far = "x,y\n";
    std::string near = "x,y\n";
    for (int i = 0; i < 50; ++i) {
        far += fmt::format("{},{}\n", i * 7 % 50, 1e9 + i / 50.0);
        near += fmt::format("{},{}\n", i * 7 % 50, 1704067200 + 3600 * i);
    }
    EXPECT_THAT(error_of(far, {.target = "y"}),
                HasSubstr("'y' varies by 0.289 around 1000000000, which 32 bits cannot hold"));
    EXPECT_EQ(error_of(near, {.target = "y"}), "no error");
}

TEST_F(PrepareTable, StandardizesANumber) {
    const auto prepared = prepare_text(made_table(), {.target = "price", .log_target = true});
    ASSERT_TRUE(prepared) << prepared.error().message;
    const auto targets = prepared->arrays.elements<float>("targets").first(64);
    double sum = 0.0;
    for (const float target : targets) {
        sum += target;
    }
    EXPECT_NEAR(sum, 0.0, 1e-3);
    EXPECT_TRUE(parse_schema(prepared->schema).value().target.is_log);
}

TEST_F(PrepareTable, ComparesWithTheMostFrequentClassAndTheMean) {
    const auto classes = prepare_text(made_table(), {.target = "kind"});
    EXPECT_EQ(classes.value().baselines[0].name, "most frequent class");
    EXPECT_DOUBLE_EQ(*classes->baselines[0].metrics.at("accuracy").content, 0.75);
    const auto prices = prepare_text(made_table(), {.target = "price"});
    ASSERT_EQ(prices.value().baselines.size(), 2);
    EXPECT_LE(*prices->baselines[0].metrics.at("r2").content, 0.0);
}

TEST_F(PrepareTable, TakesPartsFromAColumnAndFromFiles) {
    const std::string test = folder_.write("test.csv", "y,x\n5,1\n6,2\n").string();
    std::string text = "x,y,set\n";
    for (int i = 0; i < 20; ++i) {
        text += fmt::format("{},{},{}\n", 2 * i, i * i, i < 15 ? "train" : "valid");
    }
    const auto prepared = prepare_text(
        text,
        {.target = "y", .split = SplitKind::column, .split_column = "set", .test_path = test});
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_EQ(prepared->parts.validation.size(), 5);
    EXPECT_EQ(prepared->parts.test.size(), 2);
}

TEST_F(PrepareTable, ReadsTheCommasOfEachFileByItsSeparator) {
    const auto prepare_with = [&](const std::string& validation, const std::string& test) {
        return prepare_text(made_table(),
                            {.target = "price",
                             .columns = {{"kind", "ignored"}},
                             .validation_path = folder_.write("v.csv", validation).string(),
                             .test_path = folder_.write("t2.csv", test).string()})
            .value();
    };
    const PreparedData points = prepare_with("size,color,price\n52.52,red,20.125\n",
                                             "size,color,price\n0.125,red,1234.5\n");
    const PreparedData commas = prepare_with("size;color;price\n52,520;red;20,125\n",
                                             "size;color;price\n0,125;red;1234,5\n");
    EXPECT_THAT(commas.arrays.elements<float>("numbers"),
                ElementsAreArray(points.arrays.elements<float>("numbers")));
    EXPECT_THAT(commas.arrays.elements<float>("targets"),
                ElementsAreArray(points.arrays.elements<float>("targets")));
}

TEST_F(PrepareTable, RefusesAClassOfATestFileThatTheTableLacks) {
    const std::string test =
        folder_.write("test.csv", "size,color,price,kind\n1,red,2,rare\n3,red,4,odd\n").string();
    EXPECT_THAT(error_of(made_table(), {.target = "kind", .test_path = test}),
                HasSubstr("row 2 of '" + test + "' has 'odd' as 'kind', a class that no row"));
}

TEST_F(PrepareTable, SaysWhichValuesOfAnotherFileCountAsMissing) {
    const std::string rows =
        "size,color,price,kind\nbig,pink,20,rare\n3,red,x,rare\n4,red,9,rare\n";
    const std::string validation = folder_.write("validation.csv", rows).string();
    const auto prepared =
        prepare_text(made_table(), {.target = "price", .validation_path = validation});
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_EQ(prepared->parts.validation.size(), 2);
    EXPECT_THAT(prepared->notes,
                Contains("in '" + validation +
                         "', the network does not know 1 value of 'size' ('big'), 1 value of "
                         "'color' ('pink'), 1 value of 'price' ('x'): they count as missing"));
}

TEST_F(PrepareTable, TakesAPartWithoutAWordFromTheTrainingRows) {
    std::string text = "x,y,set\n";
    for (int i = 0; i < 50; ++i) {
        text += fmt::format("{},{},{}\n", 2 * i, i * i, i < 40 ? "train" : "valid");
    }
    const auto prepared =
        prepare_text(text, {.target = "y", .split = SplitKind::column, .split_column = "set"});
    ASSERT_TRUE(prepared) << prepared.error().message;
    EXPECT_EQ(prepared->parts.training.size(), 32);
    EXPECT_EQ(prepared->parts.validation.size(), 10);
    EXPECT_EQ(prepared->parts.test.size(), 8);
}

TEST_F(PrepareTable, LeavesOutRowsWithoutTheTarget) {
    const auto prepared = prepare_text(made_table() + "101,5,red,,rare\n", {.target = "price"});
    EXPECT_THAT(prepared.value().notes, Contains("1 rows without 'price' are left out"));
}

TEST_F(PrepareTable, RefusesATargetThatCannotBeLearned) {
    EXPECT_THAT(error_of("x,y\n1,2\n3,4\n", {.target = "z"}), HasSubstr("no column 'z'"));
    EXPECT_THAT(error_of("x,y\n1,2\n3,2\n", {.target = "y"}), HasSubstr("it is always '2'"));
    EXPECT_THAT(error_of("x,y\n1,a\n3,a\n", {.target = "y"}), HasSubstr("it is always 'a'"));
    EXPECT_THAT(error_of("x,y\n1,\n3,NA\n", {.target = "y"}), HasSubstr("it has no values"));
    EXPECT_THAT(error_of("x,y\n5,2\n5,3\n", {.target = "y"}),
                HasSubstr("no column from which 'y' could be learned: x (it is always '5')"));
}

TEST_F(PrepareTable, RefusesATableOfOneColumnAndASplitByNoColumn) {
    const std::string one = error_of("y\n1\n3\n2\n", {.target = "y"});
    EXPECT_THAT(one, EndsWith("no column from which 'y' could be learned"));
    EXPECT_THAT(error_of(made_table(), {.target = "price", .split = SplitKind::column}),
                HasSubstr("split_column is empty"));
}

TEST_F(PrepareTable, RefusesTheLogarithmOfZero) {
    EXPECT_THAT(error_of("x,y\n1,3\n4,0\n3,2\n4,1\n5,6\n", {.target = "y", .log_target = true}),
                HasSubstr("row 2 of '" + (folder_ / "t.csv").string() + "' has 0 as 'y'"));
    const std::string test = folder_.write("test.csv", "x,y\n5,1\n6,0\n").string();
    EXPECT_THAT(error_of("x,y\n1,3\n4,5\n3,2\n4,1\n5,6\n",
                         {.target = "y", .log_target = true, .test_path = test}),
                HasSubstr("row 2 of '" + test + "' has 0 as 'y'"));
}

TEST_F(PrepareTable, ReportsTheRowOfTheFileThatHasNoPart) {
    EXPECT_THAT(error_of("x,y,set\n1,,train\n7,3,train\n3,4,\n5,5,valid\n",
                         {.target = "y", .split = SplitKind::column, .split_column = "set"}),
                HasSubstr("row 3 of '" + (folder_ / "t.csv").string() +
                          "' does not say in 'set' to which part"));
}

TEST_F(PrepareTable, RefusesAClassThatIsOnlyInTheTest) {
    std::string text = "x,y\n";
    for (int i = 0; i < 20; ++i) {
        text += fmt::format("{},{}\n", 2 * i, i < 18 ? (i % 2 == 0 ? "a" : "b") : "new");
    }
    EXPECT_THAT(error_of(text, {.target = "y", .split = SplitKind::in_order}),
                HasSubstr("the class 'new' of 'y' is in 2 rows of the test part"));
}

TEST_F(PrepareTable, RefusesATypeThatDoesNotFit) {
    EXPECT_THAT(error_of(made_table(), {.target = "kind", .columns = {{"size", "numeric"}}}),
                HasSubstr("'numeric' is not a type of a column"));
    EXPECT_THAT(error_of(made_table(), {.target = "kind", .columns = {{"color", "number"}}}),
                HasSubstr("column 'color' has no numbers"));
    EXPECT_THAT(error_of(made_table(), {.target = "kind", .columns = {{"colour", "number"}}}),
                HasSubstr("(did you mean 'color'?)"));
}

TEST_F(PrepareTable, RefusesAPartWithoutRows) {
    EXPECT_THAT(error_of("x,y\n1,2\n4,3\n3,5\n", {.target = "y", .test = 0.0}),
                HasSubstr("the validation part has no rows"));
}

}  // namespace
}  // namespace trilby::train::table
