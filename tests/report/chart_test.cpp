// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/chart.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace trilby::report {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr Window color{.has_color = true, .has_utf8 = true};
constexpr Window ascii{};

Curve curve_of(std::initializer_list<double> values) {
    Curve curve;
    std::int64_t epoch = 0;
    for (const double value : values) {
        curve.add(++epoch, value);
    }
    return curve;
}

std::vector<std::string> drawn(const Chart& chart, const Window& window, int columns, int rows) {
    std::vector<std::string> texts;
    for (const ScreenLine& line : draw(chart, window, columns, rows)) {
        EXPECT_LE(line.used(), columns);
        texts.push_back(line.text());
    }
    return texts;
}

Chart chart_of(const Curve& curve) {
    return {"MSE", {.name = "mse"}, {{"validation", &curve}}};
}

TEST(Curve, KeepsTheExtremesOfManyEpochsInBoundedMemory) {
    Curve curve;
    for (std::int64_t epoch = 1; epoch <= 100'000; ++epoch) {
        curve.add(epoch, epoch == 54'321 ? 9.0 : epoch % 2 == 0 ? 1.0 : 2.0);
    }
    const auto& stretches = curve.stretches();
    EXPECT_LE(stretches.size(), Curve::most_stretches);
    EXPECT_GE(stretches.size(), Curve::most_stretches / 4);
    EXPECT_EQ(stretches.front().first, 1);
    EXPECT_EQ(stretches.back().last, 100'000);
    double high = 0;
    for (std::size_t i = 0; i < stretches.size(); ++i) {
        high = std::max(high, stretches[i].high);
        EXPECT_EQ(stretches[i].low, 1.0);
        EXPECT_TRUE(i == 0 || stretches[i].first == stretches[i - 1].last + 1);
    }
    EXPECT_EQ(high, 9.0);
}

TEST(Curve, LeavesOutWhatCannotBeDrawn) {
    EXPECT_TRUE(curve_of({std::nan(""), HUGE_VAL, -HUGE_VAL, std::numeric_limits<double>::max()})
                    .stretches()
                    .empty());
}

TEST(Chart, AFallingCurveGoesFromTheTopToTheBottom) {
    const Curve curve = curve_of({3, 2, 1});
    EXPECT_THAT(drawn(chart_of(curve), ascii, 15, 5),
                ElementsAre("MSE", "3 |***         ", "  |   ******   ", "1 |         ***",
                            "   1          3"));
}

TEST(Chart, OneCurveIsDrawnInBraille) {
    const Curve curve = curve_of({1, 2});
    EXPECT_THAT(drawn(chart_of(curve), {.has_utf8 = true}, 11, 5),
                ElementsAre("MSE", "2 \u2502     \u2880\u2814\u280a",
                            "  \u2502  \u2880\u2860\u280a\u2801  ",
                            "1 \u2502\u2860\u2814\u2801     ", "   1      2"));
}

TEST(Chart, CurvesHaveMarksWhereTheyHaveNoColors) {
    const Curve first = curve_of({1, 1});
    const Curve second = curve_of({2, 2});
    const Chart chart{"loss", {.name = "loss"}, {{"training", &first}, {"validation", &second}}};
    const auto lines = drawn(chart, ascii, 40, 5);
    EXPECT_EQ(lines.front(), "loss  * training  o validation");
    EXPECT_THAT(lines[1], HasSubstr("|oooo"));
    EXPECT_THAT(lines[3], HasSubstr("|****"));
}

TEST(Chart, AnAxisOverManyPowersOfTenIsLogarithmic) {
    const Curve curve = curve_of({100, 10, 1});
    EXPECT_THAT(drawn(chart_of(curve), ascii, 12, 5),
                ElementsAre("MSE", "100 |**     ", "    |  ***  ", "  1 |     **", "     1     3"));
}

TEST(Chart, ExtremeValuesAndSizesAreDrawn) {
    const Curve none;
    const Curve one = curve_of({0.5});
    const Curve huge = curve_of({-9.9e299, 9.9e299});
    const Curve tiny = curve_of({5e-324, 1});
    for (const Curve* curve : {&none, &one, &huge, &tiny}) {
        for (const Window& window : {color, ascii}) {
            for (const int columns : {1, 2, 5, 20, 200}) {
                for (const int rows : {least_chart_rows, 6, 60}) {
                    EXPECT_EQ(drawn(chart_of(*curve), window, columns, rows).size(),
                              static_cast<std::size_t>(rows));
                }
            }
        }
    }
    EXPECT_EQ(drawn(chart_of(none), ascii, 40, 5)[1], "no values yet");
}

}  // namespace
}  // namespace trilby::report
