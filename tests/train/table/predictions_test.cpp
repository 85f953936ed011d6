// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/predictions.hpp"

#include <array>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "train/table/data.hpp"

namespace trilby::train::table {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

class TablePredictions : public ::testing::Test {
  protected:
    /// A run that learns `target` from 100 rows: a number, a category, a price and a class.
    void learn(const std::string& target) {
        std::string text = "size,color,price,kind\n";
        for (int i = 0; i < 100; ++i) {
            text += fmt::format("{},{},{},{}\n", i * 7 % 100, i % 3 == 0 ? "red" : "blue", 10 + i,
                                i % 4 == 0 ? "rare" : "common");
        }
        settings_ = {.path = folder_.write("rows.csv", text).string(), .target = target};
        schema_ = prepare(settings_, {}, std::nullopt).value().schema;
    }
    Result<PreparedData> inputs(const std::string& text) {
        return prepare_inputs(settings_, {}, schema_, {folder_.write("new.csv", text)});
    }

    trilby::testing::TemporaryFolder folder_;
    Settings settings_;
    json::object schema_;
};

TEST_F(TablePredictions, NeedNoTargetAndHaveColumnsInAnyOrder) {
    learn("kind");
    const auto data = inputs("price,color,size\n10,green,50\n20,red,\n").value();
    EXPECT_FALSE(data.has_targets);
    EXPECT_EQ(data.parts.test, (data::Range{0, 2}));
    EXPECT_THAT(data.arrays.elements<std::int32_t>("codes"), ElementsAre(0, 2));
    EXPECT_EQ(data.arrays.elements<float>("numbers")[2], 0.0F);  // a missing number
    EXPECT_EQ(output_shape(settings_, data).value(), (Shape{2, 2}));
}

TEST_F(TablePredictions, ClassesHaveTheirProbability) {
    learn("kind");
    const auto data = inputs("size,color,price,kind\n1,red,20,rare\n2,red,30,common\n").value();
    EXPECT_TRUE(data.has_targets);
    const std::array outputs{0.25F, 0.75F, 0.5F, 0.5F};
    const auto predictions = to_predictions(settings_, data, outputs).value();
    EXPECT_THAT(predictions.columns, ElementsAre("row", "kind", "probability"));
    EXPECT_THAT(predictions.rows[0], ElementsAre(1.0, "rare", 0.75));
    EXPECT_THAT(predictions.rows[1], ElementsAre(2.0, "common", 0.5));
    Evaluation evaluation;
    ASSERT_TRUE(add_reports(settings_, data, outputs, evaluation));
    EXPECT_THAT(evaluation.confusions, ElementsAre(ElementsAre(1, 0), ElementsAre(0, 1)));
}

TEST_F(TablePredictions, NumbersHaveErrorsInTheirOwnUnit) {
    learn("price");
    const auto data = inputs("size,color,price,kind\n1,red,20,rare\n2,red,30,common\n").value();
    const std::array outputs{23.0F, 29.0F};
    const auto predictions = to_predictions(settings_, data, outputs).value();
    EXPECT_THAT(predictions.rows[0], ElementsAre(1.0, 23.0));
    Evaluation evaluation;
    ASSERT_TRUE(add_reports(settings_, data, outputs, evaluation));
    EXPECT_NEAR(evaluation.errors[0].mae, 2.0, 1e-4);
    EXPECT_NEAR(evaluation.errors[0].bias, 1.0, 1e-4);
}

TEST_F(TablePredictions, AClassThatTheNetworkDoesNotKnowIsNoTarget) {
    learn("kind");
    const auto data = inputs("size,color,price,kind\n1,red,20,unique\n2,red,30,common\n").value();
    EXPECT_FALSE(data.has_targets);
    EXPECT_THAT(data.notes, Contains("1 of 2 rows have no 'kind' that the network knows"));
}

TEST_F(TablePredictions, SayWhichValuesTheNetworkDoesNotKnow) {
    learn("kind");
    const auto data = inputs("size,color,price\nbig,pink,20\n2,,NA\n3,gray,30\n4,red,40\n").value();
    EXPECT_THAT(data.notes,
                ElementsAre("the network does not know 1 value of 'size' ('big'), 2 values of "
                            "'color' (such as 'pink'): they count as missing"));
    EXPECT_THAT(inputs("size,color,price\n1,red,20\n").value().notes, ElementsAre());
}

TEST_F(TablePredictions, ReadTheCommasOfAnotherFileByItsOwnSeparator) {
    learn("price");
    const std::string points_text =
        "size,color,price,kind\n52.52,red,20.125,rare\n0.125,blue,30.5,rare\n";
    const std::string commas_text =
        "size;color;price;kind\n52,520;red;20,125;rare\n0,125;blue;30,5;rare\n";
    const auto points = inputs(points_text).value();
    const auto commas = inputs(commas_text).value();
    EXPECT_TRUE(commas.has_targets);
    EXPECT_THAT(commas.arrays.elements<float>("numbers"),
                ElementsAreArray(points.arrays.elements<float>("numbers")));
    EXPECT_THAT(commas.arrays.elements<float>("targets"),
                ElementsAreArray(points.arrays.elements<float>("targets")));
}

TEST_F(TablePredictions, OfSeveralFilesNeedNoTargetInAnyOrder) {
    learn("price");
    const auto with = folder_.write("with.csv", "size,color,price,kind\n1,red,20,rare\n");
    const auto without = folder_.write("without.csv", "size,color,kind\n2,red,rare\n");
    for (const auto& files : {std::vector{with, without}, std::vector{without, with}}) {
        const auto data = prepare_inputs(settings_, {}, schema_, files);
        ASSERT_TRUE(data) << data.error().message;
        EXPECT_FALSE(data->has_targets);
        EXPECT_EQ(data->parts.test, (data::Range{0, 2}));
    }
    EXPECT_TRUE(prepare_inputs(settings_, {}, schema_, {with, with}).value().has_targets);
}

TEST_F(TablePredictions, AMissingColumnIsAnError) {
    learn("kind");
    EXPECT_THAT(inputs("size,price\n1,20\n").error().message, HasSubstr("color"));
}

}  // namespace
}  // namespace trilby::train::table
