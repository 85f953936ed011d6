// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/predictions.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <string_view>

#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::ElementsAre;

TEST(ClassReport, CountsWhatIsTakenForWhat) {
    Evaluation evaluation;
    report_classes(evaluation, {"cat", "dog", "owl"}, std::array{0, 0, 0, 1, 1},
                   std::array{0, 0, 1, 1, 0});
    EXPECT_THAT(evaluation.confusions,
                ElementsAre(ElementsAre(2, 1, 0), ElementsAre(1, 1, 0), ElementsAre(0, 0, 0)));
    const ClassReport& cat = evaluation.classes[0];
    EXPECT_EQ(cat.name, "cat");
    EXPECT_EQ(cat.examples, 3);
    EXPECT_EQ(cat.predicted, 3);
    EXPECT_DOUBLE_EQ(cat.precision, 2.0 / 3.0);
    EXPECT_DOUBLE_EQ(cat.recall, 2.0 / 3.0);
    EXPECT_DOUBLE_EQ(cat.f1, 2.0 / 3.0);
}

TEST(ClassReport, AClassThatDoesNotOccurHasZeros) {
    Evaluation evaluation;
    report_classes(evaluation, {"cat", "owl"}, std::array{0}, std::array{0});
    EXPECT_EQ(evaluation.classes[1].examples, 0);
    EXPECT_EQ(evaluation.classes[1].precision, 0.0);
    EXPECT_EQ(evaluation.classes[1].f1, 0.0);
}

TEST(Largest, IsTheFirstOfEqualScores) {
    EXPECT_THAT(largest(std::array{0.1F, 0.7F, 0.2F, 0.5F, 0.0F, 0.5F}, 3), ElementsAre(1, 0));
}

/// The columns of predictions by a network that learned `settings` from `text`, for the same text.
std::vector<std::string> columns_for(auto settings, const std::string& text,
                                     std::span<const float> outputs) {
    const trilby::testing::TemporaryFolder folder;
    settings.path = folder.write("data.csv", text).string();
    Recipe recipe;
    recipe.task = settings;
    const auto trained = prepare(recipe, std::nullopt);
    const auto data = prepare_inputs(recipe, trained.value().schema, {settings.path});
    return to_predictions(recipe, data.value(), outputs).value().columns;
}

/// Rows of two numbers and a class.
std::string table_with(const std::string& number, const std::string& kind) {
    std::string text = fmt::format("size,{},{}\n", number, kind);
    for (int i = 0; i < 40; ++i) {
        text += fmt::format("{},{}.5,{}\n", i * 7 % 40, i, i % 2 == 0 ? "yes" : "no");
    }
    return text;
}

TEST(Predictions, KeepTheNameOfATargetThatIsThatOfAnAddedColumn) {
    const std::vector<float> outputs(80);
    const auto columns = [&](const std::string& text, const std::string& target) {
        return columns_for(table::Settings{.target = target}, text, outputs);
    };
    EXPECT_THAT(columns(table_with("price", "kind"), "kind"),
                ElementsAre("row", "kind", "probability"));
    EXPECT_THAT(columns(table_with("price", "probability"), "probability"),
                ElementsAre("row", "probability", "probability_2"));
    EXPECT_THAT(columns(table_with("row", "kind"), "row"), ElementsAre("row_2", "row"));
    EXPECT_THAT(columns(table_with("price", "row"), "row"),
                ElementsAre("row_2", "row", "probability"));
}

TEST(Predictions, KeepTheNameOfAVariableThatIsThatOfAnAddedColumn) {
    series::Settings settings;
    settings.variables = {"step", "step_2"};
    settings.look_back = 3;
    settings.horizon = 2;
    std::string text = "step,step_2\n";
    for (int i = 0; i < 60; ++i) {
        text += fmt::format("{},{}\n", i % 7, i % 5);
    }
    EXPECT_THAT(columns_for(settings, text, std::array<float, 4>{}),
                ElementsAre("step_3", "step", "step_2"));
}

std::string error_of(const auto& result) {
    return result ? "no error" : result.error().message;
}

// They are checked before the data, which have no schema here.
TEST(NetworkOutputs, ThatAreNotFiniteAreRefusedForEveryKindOfData) {
    const PreparedData data{
        .source = {},
        .schema = {},
        .arrays = SharedArrays::reserve({{"values", ElementType::f32, {1, 1}}}).value()};
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const std::array outputs{1.0F, -infinity, std::nanf(""), 2.0F};
    constexpr std::string_view expected = "2 of 4 outputs of the network are not finite";
    const TaskSettings tasks[] = {images::Settings(), table::Settings(), text::Settings(),
                                  series::Settings()};
    for (const TaskSettings& task : tasks) {
        Recipe recipe;
        recipe.task = task;
        Evaluation evaluation;
        EXPECT_EQ(error_of(to_predictions(recipe, data, outputs)), expected);
        EXPECT_EQ(error_of(add_reports(recipe, data, outputs, evaluation)), expected);
    }
}

}  // namespace
}  // namespace trilby::train
