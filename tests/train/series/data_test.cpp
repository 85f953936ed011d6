// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/data.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "train/own_data.hpp"

namespace trilby::train::series {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::EndsWith;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::Pair;
using testing::TemporaryFolder;

/// Days on which 'a' repeats 0, 2 and 'b' is 5 until the last days.
std::string made_rows(int rows) {
    std::string text = "day,a,b\n";
    for (int row = 0; row < rows; ++row) {
        text += fmt::format("2024-{:02}-{:02},{},{}\n", row / 28 + 1, row % 28 + 1, row % 2 * 2,
                            row < rows - 2 ? 5 : 6);
    }
    return text;
}

class SeriesDataTest : public ::testing::Test {
  protected:
    SeriesDataTest() {
        settings_.path = folder_.write("s.csv", made_rows(28)).string();
        settings_.look_back = 4;
        settings_.horizon = 2;
        settings_.validation = 0.25;
        settings_.test = 0.25;
        recipe_.name = "made";
    }
    [[nodiscard]] std::string error_of(const Settings& settings) const {
        const auto prepared = prepare(settings, recipe_, std::nullopt);
        return prepared ? "no error" : prepared.error().message;
    }

    TemporaryFolder folder_;
    Settings settings_;
    Recipe recipe_;
};

TEST_F(SeriesDataTest, StandardizesByTheTrainingPartAlone) {
    const auto prepared = prepare(settings_, recipe_, std::nullopt);
    ASSERT_TRUE(prepared) << prepared.error().message;
    const auto schema = parse_schema(prepared->schema);
    ASSERT_TRUE(schema) << schema.error().message;
    EXPECT_EQ(schema->variables[0].name, "a");
    EXPECT_EQ(schema->variables[0].mean, 1.0);
    EXPECT_EQ(schema->variables[0].deviation, 1.0);
    EXPECT_EQ(schema->variables[1].mean, 5.0);
    EXPECT_EQ(schema->variables[1].deviation, 1.0);
    const auto values = prepared->arrays.elements<float>("values");
    ASSERT_EQ(values.size(), 56U);
    EXPECT_EQ(values[0], -1.0F);
    EXPECT_EQ(values[2], 1.0F);
    EXPECT_EQ(values[55], 1.0F);
}

TEST_F(SeriesDataTest, DividesTheRowsInOrderOfTime) {
    const auto parts = parts_of(settings_, 28);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->training, (data::Range{0, 14}));
    EXPECT_EQ(parts->validation, (data::Range{14, 21}));
    EXPECT_EQ(parts->test, (data::Range{21, 28}));
}

TEST_F(SeriesDataTest, DividesByNumbersOfRowsFromTheStart) {
    settings_.training_rows = 10;
    settings_.validation_rows = 4;
    settings_.test_rows = 6;
    const auto parts = parts_of(settings_, 28);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->training, (data::Range{0, 10}));
    EXPECT_EQ(parts->test, (data::Range{14, 20}));
}

TEST_F(SeriesDataTest, NotesSayHowTheRowsAreUsed) {
    const auto prepared = prepare(settings_, recipe_, std::nullopt);
    ASSERT_TRUE(prepared);
    EXPECT_THAT(prepared->notes,
                AllOf(Contains("in order of time, 14 rows train, 7 validate and 7 test"),
                      Contains("the series repeats after 2 steps of 1 day"),
                      Contains("'b' is always 5 in the training part")));
}

TEST_F(SeriesDataTest, BaselinesAreMeasuredOnTheTestWindows) {
    settings_.variables = {"a"};
    const auto prepared = prepare(settings_, recipe_, std::nullopt);
    ASSERT_TRUE(prepared) << prepared.error().message;
    ASSERT_EQ(prepared->baselines.size(), 3U);
    EXPECT_EQ(*prepared->baselines[0].metrics.at("mse").content, 2.0);
    EXPECT_EQ(*prepared->baselines[1].metrics.at("mse").content, 0.0);
    EXPECT_EQ(*prepared->baselines[2].metrics.at("mse").content, 1.0);
}

TEST_F(SeriesDataTest, ErrorsSayWhatDoesNotFit) {
    Settings settings = settings_;
    settings.look_back = 13;
    EXPECT_THAT(error_of(settings), HasSubstr("the training part has 14 of 28 rows, too few for a "
                                              "look-back of 13 and a horizon of 2"));
    settings = settings_;
    settings.test_rows = 1;
    EXPECT_THAT(error_of(settings), HasSubstr("the test part has 1 of 28 rows"));
    settings.test_rows = 1000;
    EXPECT_THAT(error_of(settings), HasSubstr("28 rows cannot be divided into 0 for training"));
    settings = settings_;
    settings.kind = NetworkKind::patch_transformer;
    settings.patch_length = 5;
    EXPECT_THAT(error_of(settings), HasSubstr("made: patch_length is 5, expected at most"));
    settings.heads = 3;
    EXPECT_THAT(error_of(settings), HasSubstr("heads is 3, expected a divisor of width"));
}

TEST_F(SeriesDataTest, RefusesValuesThatAreTooLarge) {
    std::string rows = made_rows(28);
    // The deviation of 'b' in the training part is below 0.1.
    rows.replace(rows.find(",5"), 2, ",5.3");
    rows.replace(rows.rfind(",6"), 2, ",3e38");
    settings_.path = folder_.write("large.csv", rows).string();
    EXPECT_THAT(error_of(settings_), HasSubstr("the value 3e+38 of 'b' in row 28 is too far"));
}

/// Rows of one variable; an empty text is a missing value.
std::string rows_of(const std::vector<std::string>& values) {
    std::string text = "n,a\n";
    for (std::size_t row = 0; row < values.size(); ++row) {
        text += fmt::format("{},{}\n", row, values[row]);
    }
    return text;
}

/// 0, 2, 0, 2, ...
std::vector<std::string> twenty_values() {
    std::vector<std::string> values;
    for (int row = 0; row < 20; ++row) {
        values.push_back(row % 2 == 0 ? "0" : "2");
    }
    return values;
}

class MissingValuesTest : public SeriesDataTest {
  protected:
    MissingValuesTest() { settings_.look_back = 3; }
    [[nodiscard]] Result<PreparedData> prepared(const std::vector<std::string>& values) {
        settings_.path = folder_.write("gaps.csv", rows_of(values)).string();
        return prepare(settings_, recipe_, std::nullopt);
    }
    [[nodiscard]] std::string error_of(const std::vector<std::string>& values) {
        const auto data = prepared(values);
        return data ? "no error" : data.error().message;
    }
};

TEST_F(MissingValuesTest, AreFilledWithEarlierValuesAndAreNotTargets) {
    auto values = twenty_values();
    values[5] = values[6] = "";
    const auto data = prepared(values);
    ASSERT_TRUE(data) << data.error().message;
    // Without the two, the mean of the ten rows of the training part is still 1.
    const auto found = data->arrays.elements<float>("values");
    EXPECT_EQ(found[4], -1.0F);
    EXPECT_EQ(found[5], -1.0F);
    EXPECT_EQ(found[6], -1.0F);
    EXPECT_EQ(found[7], 1.0F);
    const auto known = known_of(data->arrays);
    EXPECT_EQ(std::ranges::count(known, 0), 2);
    EXPECT_EQ(known[5] + known[6], 0);
    EXPECT_THAT(data->notes,
                Contains("2 missing values of 'a' are filled with the values before them"));
}

TEST_F(MissingValuesTest, DoNotCountInMeanAndDeviation) {
    auto values = twenty_values();
    values[3] = values[5] = values[7] = values[9] = "";
    const auto data = prepared(values);
    ASSERT_TRUE(data) << data.error().message;
    const auto schema = parse_schema(data->schema);
    EXPECT_DOUBLE_EQ(schema->variables[0].mean, 2.0 / 6.0);
}

TEST_F(MissingValuesTest, NothingOfTheFutureIsInThePast) {
    // The values from row 16 on are those of the test part, and differ.
    auto values = twenty_values();
    values[14] = values[15] = "";
    auto others = values;
    others[16] = "7";
    const auto data = prepared(values);
    const auto other_data = prepared(others);
    ASSERT_TRUE(data && other_data);
    const auto found = data->arrays.elements<float>("values");
    const auto other = other_data->arrays.elements<float>("values");
    EXPECT_NE(found[16], other[16]);
    EXPECT_TRUE(std::ranges::equal(found.first(16), other.first(16)));
}

TEST_F(MissingValuesTest, BeforeTheFirstValueAreTheMeanOfTheTrainingPart) {
    auto values = twenty_values();
    values[0] = values[1] = values[2] = "";
    values[3] = "50";
    const auto data = prepared(values);
    ASSERT_TRUE(data) << data.error().message;
    const auto found = data->arrays.elements<float>("values");
    EXPECT_THAT(found.first(3), Each(0.0F));
    EXPECT_GT(found[3], 1.0F);
}

TEST_F(MissingValuesTest, LeaveNoTraceWhereThereAreNone) {
    const auto data = prepared(twenty_values());
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_FALSE(data->arrays.has("known"));
    EXPECT_TRUE(known_of(data->arrays).empty());
}

TEST_F(MissingValuesTest, DoNotCountInTheBaselines) {
    auto values = twenty_values();
    for (std::size_t row = 16; row < 20; row += 2) {
        values[row] = "";  // of the targets, those that are 2 are left
    }
    values[15] = "";
    const auto data = prepared(values);
    ASSERT_TRUE(data) << data.error().message;
    // The mean is 1 and the deviation 1: a target is 1 from the mean.
    EXPECT_EQ(data->baselines.back().name, "mean of the training part");
    EXPECT_EQ(*data->baselines.back().metrics.at("mse").content, 1.0);
}

TEST_F(MissingValuesTest, AreRefusedWhereNothingElseIs) {
    auto values = twenty_values();
    std::fill(values.begin() + 15, values.end(), "");
    EXPECT_EQ(error_of(values), "the test part has only missing values to forecast");
    values[19] = "0";
    EXPECT_EQ(error_of(values), "no error");
    std::fill(values.begin(), values.begin() + 10, "");
    EXPECT_EQ(error_of(values), "the training part has only missing values to forecast");
    const data::Series series{.time = {},
                              .step = {},
                              .variables = {"a", "b"},
                              .values = {1, 1, 2, 2},
                              .origins = {data::Origin::table, data::Origin::none,
                                          data::Origin::table, data::Origin::table},
                              .notes = {}};
    EXPECT_TRUE(make_schema(series, {0, 2}));
    EXPECT_EQ(make_schema(series, {0, 1}).error().message, "the training part has no value of 'b'");
}

TEST_F(MissingValuesTest, OfARunOfAnEarlierVersionHaveAnErrorThatSaysSo) {
    auto values = twenty_values();
    ASSERT_TRUE(prepared(values));
    recipe_.task = settings_;
    const TrainedRun run{.checkpoint = {},
                         .recipe = recipe_,
                         .schema = {},
                         .schema_text = "that of another version"};
    EXPECT_THAT(own_data(run, std::nullopt).error().message,
                EndsWith("was changed after the run was trained"));
    values[5] = "";
    ASSERT_TRUE(prepared(values));
    EXPECT_THAT(own_data(run, std::nullopt).error().message,
                EndsWith("or an earlier version of Trilby interpolated missing values"));
}

TEST_F(SeriesDataTest, RefusesMeansAndDeviationsThatAFloatCannotHold) {
    const auto error_of = [](data::LargeVector<double> values) {
        const data::Series series{
            .time = {}, .step = {}, .variables = {"a"}, .values = std::move(values), .notes = {}};
        const auto schema = make_schema(series, {0, 4});
        return schema ? "no error" : schema.error().message;
    };
    EXPECT_EQ(error_of({-3e38, 3e38, -3e38, 3e38}), "no error");
    EXPECT_EQ(error_of({-4e38, 4e38, -4e38, 4e38}),
              "the values of 'a' are too large to compute with");
    EXPECT_EQ(error_of({4e38, 4e38, 4e38, 4e38}),
              "the values of 'a' are too large to compute with");
}

TEST_F(SeriesDataTest, RefusesASchemaThatNoSeriesCanHave) {
    const Schema schema{
        .time = {}, .step = {}, .variables = {{.name = "a", .mean = 0.0, .deviation = 0.0}}};
    EXPECT_FALSE(parse_schema(to_json(schema)));
    Schema large = schema;
    large.variables[0].deviation = 3e38;
    EXPECT_TRUE(parse_schema(to_json(large)));
    large.variables[0].deviation = 4e38;
    EXPECT_FALSE(parse_schema(to_json(large)));
    large.variables[0] = {.name = "a", .mean = -4e38, .deviation = 1.0};
    EXPECT_FALSE(parse_schema(to_json(large)));
    EXPECT_FALSE(parse_schema(to_json(Schema{})));
    for (const double step : {-1.0, 1e300}) {
        EXPECT_FALSE(parse_schema(
            to_json(Schema{.time = {}, .step = {}, .step_seconds = step, .variables = {{"a"}}})));
    }
    EXPECT_FALSE(parse_schema({}));
}

}  // namespace
}  // namespace trilby::train::series
