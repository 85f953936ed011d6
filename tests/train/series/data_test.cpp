// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/data.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::train::series {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
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
