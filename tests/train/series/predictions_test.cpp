// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/predictions.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "data/values.hpp"
#include "support/temporary_folder.hpp"
#include "train/series/data.hpp"
#include "train/series/samples.hpp"
#include "train/series/schema.hpp"

namespace trilby::train::series {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::TemporaryFolder;

using Cell = Predictions::Cell;

/// 'a' is 0, 2, 0, 2, ... and 'b' is ten times the hour.
std::string hourly_rows(int hours) {
    std::string text = "hour,b,a\n";
    for (int hour = 0; hour < hours; ++hour) {
        text += fmt::format("2024-01-{:02} {:02}:00,{},{}\n", hour / 24 + 1, hour % 24, 10 * hour,
                            hour % 2 * 2);
    }
    return text;
}

class SeriesPredictionsTest : public ::testing::Test {
  protected:
    SeriesPredictionsTest() {
        settings_.path = folder_.write("s.csv", hourly_rows(40)).string();
        settings_.variables = {"a", "b"};
        settings_.look_back = 3;
        settings_.horizon = 2;
        settings_.training_rows = 20;
        settings_.validation_rows = 10;
        settings_.test_rows = 4;
        trained_ = prepare(settings_, recipe_, std::nullopt);
    }
    [[nodiscard]] Result<PreparedData> inputs(const std::string& content) const {
        return prepare_inputs(settings_, recipe_, trained_->schema,
                              {folder_.write("new.csv", content)});
    }

    TemporaryFolder folder_;
    Settings settings_;
    Recipe recipe_;
    Result<PreparedData> trained_ = failure(ErrorCode::internal, "not prepared");
};

TEST_F(SeriesPredictionsTest, AllWindowsAreEvaluated) {
    const auto path = folder_.write("known.csv", hourly_rows(24));
    const auto data = prepare_evaluation(settings_, trained_->schema, path);
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_TRUE(data->has_targets);
    EXPECT_EQ(output_shape(settings_, *data).value(), (Shape{24 - 3 - 2 + 1, 2 * 2}));
    const auto short_path = folder_.write("short.csv", hourly_rows(4));
    EXPECT_FALSE(prepare_evaluation(settings_, trained_->schema, short_path));
}

TEST_F(SeriesPredictionsTest, TheEndOfTheFileIsContinued) {
    ASSERT_TRUE(trained_) << trained_.error().message;
    const auto data = inputs(hourly_rows(24));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_FALSE(data->has_targets);
    EXPECT_THAT(*output_shape(settings_, *data), ElementsAre(1, 4));
    // The variable that is last in the file is the first of the schema, with mean and deviation 1.
    const auto values = data->arrays.elements<float>("values");
    ASSERT_EQ(values.size(), 10U);
    EXPECT_EQ(values[0], 1.0F);
    EXPECT_EQ(values[2], -1.0F);
    EXPECT_EQ(values[4], 1.0F);
}

TEST_F(SeriesPredictionsTest, ForecastsHaveTimes) {
    const auto data = inputs(hourly_rows(24));
    ASSERT_TRUE(data) << data.error().message;
    // Standardized: 'a' has the mean 1 and the deviation 1, 'b' the mean 95.
    const auto predictions =
        to_predictions(settings_, *data, std::array<float, 4>{-0.5F, 0.0F, 1.0F, 0.0F});
    ASSERT_TRUE(predictions);
    EXPECT_THAT(predictions->columns, ElementsAre("hour", "a", "b"));
    EXPECT_THAT(predictions->rows,
                ElementsAre(ElementsAre(Cell("2024-01-02 00:00:00"), Cell(0.5), Cell(95.0)),
                            ElementsAre(Cell("2024-01-02 01:00:00"), Cell(2.0), Cell(95.0))));
}

/// A variable that is far from 0 beside its changes.
json::object far_schema() {
    return to_json(Schema{.time = "hour",
                          .step = "1 hour",
                          .step_seconds = 3600.0,
                          .variables = {{.name = "near", .mean = 10.0, .deviation = 8.0},
                                        {.name = "far", .mean = 1e9, .deviation = 8.0}}});
}

TEST_F(SeriesPredictionsTest, ForecastsKeepWhatIsSmallBesideTheMean) {
    auto data = inputs(hourly_rows(24));
    ASSERT_TRUE(data) << data.error().message;
    data->schema = far_schema();
    const auto predictions =
        to_predictions(settings_, *data, std::array<float, 4>{0.125F, 0.125F, 1.0F, 0.25F});
    ASSERT_TRUE(predictions) << predictions.error().message;
    EXPECT_EQ(predictions->rows[0][2], Cell(1000000001.0));
    EXPECT_EQ(predictions->rows[1][2], Cell(1000000002.0));
    // Seven for 'near', and eight more in front of them for 'far'.
    EXPECT_EQ(predictions->digits[1], 7);
    EXPECT_EQ(predictions->digits[2], 15);
}

TEST_F(SeriesPredictionsTest, ErrorsKeepWhatIsSmallBesideTheMean) {
    ASSERT_TRUE(trained_);
    trained_->schema = far_schema();
    const auto values = trained_->arrays.elements<float>("values");
    // The truth of the windows, each one too high by a half.
    std::vector<float> outputs;
    for (const std::size_t row : {30, 31, 31, 32, 32, 33}) {
        outputs.push_back(values[2 * row] + 0.5F);
        outputs.push_back(values[2 * row + 1] + 0.5F);
    }
    Evaluation evaluation;
    ASSERT_TRUE(add_reports(settings_, *trained_, outputs, evaluation));
    EXPECT_NEAR(evaluation.errors[1].rmse, 4.0, 1e-5);
    EXPECT_NEAR(evaluation.errors[1].bias, 4.0, 1e-5);
}

/// The times that follow on a file with these dates.
std::vector<std::string> dates_after(std::span<const std::string> dates) {
    const TemporaryFolder folder;
    std::string rows = "date,a\n";
    for (std::size_t i = 0; i < dates.size(); ++i) {
        rows += fmt::format("{},{}\n", dates[i], i * i % 7);
    }
    const Settings settings{.path = folder.write("s.csv", rows).string(),
                            .variables = {},
                            .look_back = 3,
                            .horizon = 2};
    const json::object schema = prepare(settings, {}, std::nullopt).value().schema;
    return prepare_inputs(settings, {}, schema, {settings.path}).value().names;
}

/// Dates in the months before March of 2023, each on this day or at the end of the month.
std::vector<std::string> months_until_february(unsigned day) {
    using namespace std::chrono;
    std::vector<std::string> dates;
    for (int before = 47; before >= 0; --before) {
        const year_month month = 2023y / February - months(before);
        const sys_days date = std::min(month / std::chrono::day(day), year_month_day(month / last));
        dates.push_back(
            data::format_date(static_cast<double>(date.time_since_epoch().count()) * 86'400.0));
    }
    return dates;
}

TEST_F(SeriesPredictionsTest, ForecastsOfMonthsKeepTheDayOfTheMonth) {
    EXPECT_THAT(dates_after(months_until_february(5)), ElementsAre("2023-03-05", "2023-04-05"));
    EXPECT_THAT(dates_after(months_until_february(28)), ElementsAre("2023-03-28", "2023-04-28"));
    EXPECT_THAT(dates_after(months_until_february(29)), ElementsAre("2023-03-29", "2023-04-29"));
    EXPECT_THAT(dates_after(months_until_february(30)), ElementsAre("2023-03-30", "2023-04-30"));
    EXPECT_THAT(dates_after(months_until_february(31)), ElementsAre("2023-03-31", "2023-04-30"));
}

TEST_F(SeriesPredictionsTest, ForecastsOfEveryFourthWeekAreFourWeeksApart) {
    std::vector<std::string> dates;
    for (int row = 0; row < 48; ++row) {
        dates.push_back(data::format_date(row * 28 * 86'400.0));
    }
    EXPECT_THAT(dates_after(dates), ElementsAre("1973-09-06", "1973-10-04"));
}

TEST_F(SeriesPredictionsTest, ForecastsOfRowsWithoutTimesAreNumbered) {
    settings_.path =
        folder_
            .write(
                "plain.csv", "a,b\n3,4\n" +
                                 [] {
                                     std::string rows;
                                     for (int row = 0; row < 40; ++row) {
                                         rows += fmt::format("{},{}\n", row % 3, row * row);
                                     }
                                     return rows;
                                 }())
            .string();
    trained_ = prepare(settings_, recipe_, std::nullopt);
    ASSERT_TRUE(trained_) << trained_.error().message;
    const auto data = inputs("a,b\n1,7\n2,3\n1,4\n");
    ASSERT_TRUE(data) << data.error().message;
    const auto predictions = to_predictions(settings_, *data, std::array<float, 4>{1, 2, 3, 4});
    EXPECT_THAT(predictions->columns, ElementsAre("step", "a", "b"));
    EXPECT_EQ(predictions->rows[1][0], Cell("2"));
}

TEST_F(SeriesPredictionsTest, ErrorsAreMeasuredInTheUnitOfEachVariable) {
    ASSERT_TRUE(trained_);
    // The test part is the rows 30 to 33: windows forecast (30, 31), (31, 32) and (32, 33).
    EXPECT_THAT(*output_shape(settings_, *trained_), ElementsAre(3, 4));
    const auto schema = parse_schema(trained_->schema);
    std::vector<float> outputs{0, 303, 2, 313, 2, 310, 0, 320, 0, 320, 4, 330};
    for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Variable& variable = schema->variables[i % 2];
        outputs[i] = static_cast<float>((static_cast<double>(outputs[i]) - variable.mean) /
                                        variable.deviation);
    }
    Evaluation evaluation;
    ASSERT_TRUE(add_reports(settings_, *trained_, outputs, evaluation));
    ASSERT_EQ(evaluation.errors.size(), 2U);
    const ErrorReport& a = evaluation.errors[0];
    EXPECT_EQ(a.name, "a");
    EXPECT_NEAR(a.rmse, std::sqrt(4.0 / 6.0), 1e-5);
    EXPECT_NEAR(a.bias, 2.0 / 6.0, 1e-5);
    const ErrorReport& b = evaluation.errors[1];
    EXPECT_NEAR(b.mae, 1.0, 1e-4);
    EXPECT_NEAR(b.bias, 1.0, 1e-4);
}

TEST_F(SeriesPredictionsTest, MissingValuesAreFilledWithEarlierOnesOfTheWholeFile) {
    ASSERT_TRUE(trained_);
    // The last value of 'a' is before the look-back, and 'b' begins within it.
    const auto data = inputs(
        "hour,a,b\n2024-01-01 00:00,2,\n2024-01-01 01:00,,\n"
        "2024-01-01 02:00,,\n2024-01-01 03:00,,95\n");
    ASSERT_TRUE(data) << data.error().message;
    const auto values = data->arrays.elements<float>("values");
    ASSERT_EQ(values.size(), 10U);
    EXPECT_THAT(values.first(6), ElementsAre(1.0F, 0.0F, 1.0F, 0.0F, 1.0F, 0.0F));
}

TEST_F(SeriesPredictionsTest, ErrorsDoNotCountMissingValues) {
    const auto path = folder_.write("gaps.csv",
                                    "hour,a,b\n2024-01-01 00:00,2,0\n2024-01-01 01:00,0,0\n"
                                    "2024-01-01 02:00,2,0\n2024-01-01 03:00,,0\n"
                                    "2024-01-01 04:00,2,\n2024-01-01 05:00,0,\n");
    const auto data = prepare_evaluation(settings_, trained_->schema, path);
    ASSERT_TRUE(data) << data.error().message;
    // The windows forecast (3, 4) and (4, 5); 'a' has the mean 1 and the deviation 1.
    const std::array<float, 8> outputs{9, 0, 2, 0, 0, 0, 0, 0};
    Evaluation evaluation;
    ASSERT_TRUE(add_reports(settings_, *data, outputs, evaluation));
    ASSERT_EQ(evaluation.errors.size(), 2U);
    EXPECT_DOUBLE_EQ(evaluation.errors[0].mae, (1.0 + 1.0 + 1.0) / 3.0);
    const auto samples = choose_samples(settings_, *data, outputs);
    ASSERT_TRUE(samples);
    EXPECT_TRUE(std::isnan(samples->forecasts[0].truth[0]));
    EXPECT_EQ(samples->forecasts[0].truth[1], 2.0);
    EXPECT_FALSE(std::isnan(samples->forecasts[0].forecast[0]));
}

TEST_F(SeriesPredictionsTest, AVariableWithoutTargetsHasNoErrors) {
    const auto path = folder_.write("gaps.csv",
                                    "hour,a,b\n2024-01-01 00:00,2,0\n2024-01-01 01:00,0,0\n"
                                    "2024-01-01 02:00,2,0\n2024-01-01 03:00,0,\n"
                                    "2024-01-01 04:00,2,\n");
    const auto data = prepare_evaluation(settings_, trained_->schema, path);
    ASSERT_TRUE(data) << data.error().message;
    Evaluation evaluation;
    ASSERT_TRUE(add_reports(settings_, *data, std::array<float, 4>{}, evaluation));
    ASSERT_EQ(evaluation.errors.size(), 1U);
    EXPECT_EQ(evaluation.errors[0].name, "a");
    const auto empty = folder_.write("empty.csv",
                                     "hour,a,b\n2024-01-01 00:00,2,0\n2024-01-01 01:00,0,0\n"
                                     "2024-01-01 02:00,2,0\n2024-01-01 03:00,,\n"
                                     "2024-01-01 04:00,,\n");
    EXPECT_THAT(prepare_evaluation(settings_, trained_->schema, empty).error().message,
                HasSubstr("empty.csv' has only missing values to forecast"));
}

TEST_F(SeriesPredictionsTest, RefusesSeriesThatCannotBeContinued) {
    ASSERT_TRUE(trained_);
    const auto error_of = [&](const std::string& content) {
        const auto data = inputs(content);
        return data ? std::string("no error") : data.error().message;
    };
    EXPECT_THAT(error_of("hour,a,b\n2024-01-01 00:00,1,2\n2024-01-01 01:00,2,7\n"),
                HasSubstr("has 2 rows, expected at least the 3 of the look-back"));
    EXPECT_THAT(error_of("hour,a,b\n2024-01-01,1,2\n2024-01-02,2,7\n2024-01-03,1,1\n"),
                HasSubstr("new.csv': the rows are in steps of 1 day, expected steps of 1 hour"));
    EXPECT_THAT(error_of("hour,a\n2024-01-01,1\n2024-01-02,2\n2024-01-03,1\n"),
                HasSubstr("there is no column 'b'"));
    EXPECT_FALSE(prepare_inputs(settings_, recipe_, trained_->schema, {"a", "b"}));
}

TEST_F(SeriesPredictionsTest, AGapInAShortFileIsFilled) {
    ASSERT_TRUE(trained_);
    const auto data =
        inputs("hour,a,b\n2024-01-01 01:00,2,10\n2024-01-01 02:00,0,20\n2024-01-01 04:00,0,40\n");
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_THAT(data->names, ElementsAre("2024-01-01 05:00:00", "2024-01-01 06:00:00"));
    EXPECT_THAT(data->notes,
                Contains("1 missing steps of 1 hour are filled with the values before them"));
}

TEST_F(SeriesPredictionsTest, TwoRowsAreEnoughForALookBackOfTwo) {
    settings_.look_back = 2;
    const auto data = inputs("hour,a,b\n2024-01-01 01:00,2,10\n2024-01-01 02:00,0,20\n");
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_THAT(data->names, ElementsAre("2024-01-01 03:00:00", "2024-01-01 04:00:00"));
}

/// Rows of working days from the first one on, which are days after Monday, January 1, 2024.
std::string rows_of_working_days(int first, int days) {
    std::string text = "date,price\n";
    for (int day = first; day < first + days; ++day) {
        if (day % 7 < 5) {
            text += fmt::format("{},{}\n",
                                data::format_date(*data::seconds_of_day(2024, 1, 1) + day * 86'400),
                                100 + day * day % 11);
        }
    }
    return text;
}

class WorkingDaysTest : public ::testing::Test {
  protected:
    WorkingDaysTest() {
        settings_.path = folder_.write("s.csv", rows_of_working_days(0, 140)).string();
        settings_.look_back = 5;
        settings_.horizon = 2;
        trained_ = prepare(settings_, {}, std::nullopt);
    }

    TemporaryFolder folder_;
    Settings settings_;
    Result<PreparedData> trained_ = failure(ErrorCode::internal, "not prepared");
};

TEST_F(WorkingDaysTest, FilesWithOneWeekendOrNoneAreContinued) {
    ASSERT_TRUE(trained_) << trained_.error().message;
    for (const int days : {5, 11, 12, 60}) {
        const auto data = prepare_inputs(settings_, {}, trained_->schema,
                                         {folder_.write("n.csv", rows_of_working_days(140, days))});
        ASSERT_TRUE(data) << data.error().message;
        EXPECT_EQ(data->arrays.elements<float>("values").size(), 7U);
        EXPECT_THAT(data->names, ElementsAre("1", "2"));
        const auto predictions = to_predictions(settings_, *data, std::array<float, 2>{1, 2});
        EXPECT_THAT(predictions->columns, ElementsAre("step", "price"));
    }
}

TEST_F(WorkingDaysTest, TheWeekendIsNotMadeUp) {
    ASSERT_TRUE(trained_);
    const auto data = prepare_inputs(settings_, {}, trained_->schema,
                                     {folder_.write("n.csv", rows_of_working_days(3, 7))});
    ASSERT_TRUE(data) << data.error().message;
    const auto schema = parse_schema(data->schema);
    const auto values = data->arrays.elements<float>("values");
    for (const int day : {3, 4, 7, 8, 9}) {
        const std::size_t row = day < 7 ? day - 3 : day - 5;
        EXPECT_NEAR(values[row] * schema->variables[0].deviation + schema->variables[0].mean,
                    100 + day * day % 11, 1e-4);
    }
}

TEST_F(WorkingDaysTest, AShortFileIsEvaluated) {
    ASSERT_TRUE(trained_);
    const auto data = prepare_evaluation(settings_, trained_->schema,
                                         folder_.write("n.csv", rows_of_working_days(140, 11)));
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->parts.test, (data::Range{5, 9}));
}

/// 'a' is 0, 2, 0, 2, ... every hour from ten in the morning.
std::string made_rows_with_clocks(int hours) {
    std::string text = "Date;Time;a\n";
    for (int hour = 10; hour < hours + 10; ++hour) {
        text +=
            fmt::format("{:02}/01/2024;{:02}:00:00;{}\n", hour / 24 + 1, hour % 24, hour % 2 * 2);
    }
    return text;
}

TEST(SeriesPredictions, ContinueATimeInSeveralColumns) {
    const TemporaryFolder folder;
    const Settings settings{.path = folder.write("s.csv", made_rows_with_clocks(40)).string(),
                            .variables = {},
                            .look_back = 3,
                            .horizon = 2};
    const auto trained = prepare(settings, {}, std::nullopt);
    ASSERT_TRUE(trained) << trained.error().message;
    // All rows are of one day.
    const auto data = prepare_inputs(settings, {}, trained->schema,
                                     {folder.write("new.csv", made_rows_with_clocks(5))});
    ASSERT_TRUE(data) << data.error().message;
    const auto predictions = to_predictions(settings, *data, std::array<float, 2>{-0.5F, 1.0F});
    ASSERT_TRUE(predictions);
    EXPECT_THAT(predictions->columns, ElementsAre("Date + Time", "a"));
    EXPECT_THAT(predictions->rows,
                ElementsAre(ElementsAre(Cell("2024-01-01 15:00:00"), Cell(0.5)),
                            ElementsAre(Cell("2024-01-01 16:00:00"), Cell(2.0))));
}

}  // namespace
}  // namespace trilby::train::series
