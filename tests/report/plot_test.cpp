// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/plot.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Plot, DrawsALineBetweenItsAxes) {
    const std::string svg = svg_plot({"triad", "time", "GB/s", {{0, 0}, {10, 50}}});
    EXPECT_THAT(svg, HasSubstr("<polyline points=\"58.0,160.0 446.0,48.3 \"/>"));
    EXPECT_THAT(svg, HasSubstr("triad (GB/s)"));
}

TEST(Plot, SizesThatGrowByFactorsAreEvenlySpaced) {
    const std::string svg = svg_plot({"a", "bytes", "GB/s", {{1, 1}, {32, 1}, {1024, 1}}});
    EXPECT_THAT(svg, HasSubstr("58.0,"));
    EXPECT_THAT(svg, HasSubstr("252.0,"));  // half-way
    EXPECT_THAT(svg, HasSubstr("446.0,"));
}

TEST(Plot, DrawsNothingWithoutData) {
    EXPECT_EQ(svg_plot({"a", "x", "y", {}}), "");
    EXPECT_EQ(svg_plot({"a", "x", "y", {{1, NAN}, {INFINITY, 2}, {3, -1}}}), "");
}

TEST(Plot, ASinglePointAndAllZerosHaveAxesToo) {
    EXPECT_THAT(svg_plot({"a", "x", "y", {{5, 3}}}), Not(HasSubstr("nan")));
    EXPECT_THAT(svg_plot({"a", "x", "y", {{1, 0}, {2, 0}}}), Not(HasSubstr("nan")));
}

TEST(Plot, ManyPointsKeepTheirExtremes) {
    Points points;
    for (int i = 0; i < 1'000'000; ++i) {
        points.emplace_back(i, i == 543'210 ? 100 : 1);
    }
    const std::string svg = svg_lines({.name = "a", .lines = {{"a", points}}});
    EXPECT_LT(svg.size(), 40'000U);
    EXPECT_THAT(svg, HasSubstr(",48.3 "));  // of 100 of 120
}

TEST(Plot, ManyPointsEndInTimeIfTheRatioOfTheirPlacesOverflows) {
    Points points;
    for (int i = 0; i < 10'000; ++i) {
        points.emplace_back(i == 0 ? 1e-320 : 1e299, 1);
    }
    EXPECT_THAT(svg_plot({"a", "x", "y", points}), HasSubstr("</svg>"));
}

TEST(Plot, SeveralLinesHaveALegend) {
    const Plot plot{.name = "loss", .lines = {{"training", {{1, 1}}}, {"validation", {{1, 2}}}}};
    EXPECT_THAT(svg_lines(plot), HasSubstr(">validation</text>"));
}

TEST(Plot, AnAxisThatDoesNotStartAtZeroFitsItsValues) {
    const Plot plot{.name = "a", .lines = {{"a", {{0, -30}, {1, -10}}}}, .starts_at_zero = false};
    EXPECT_THAT(svg_lines(plot), HasSubstr(">-30</text>"));
    EXPECT_THAT(svg_lines(plot), Not(HasSubstr(">0</text><line")));
}

TEST(Plot, EqualAndHugeValuesEndInTime) {
    for (const double value : {1e16, -1e16, 1e299, 1e-300, 0.0}) {
        const Plot plot{
            .name = "a", .lines = {{"a", {{0, value}, {1, value}}}}, .starts_at_zero = false};
        EXPECT_THAT(svg_lines(plot), Not(HasSubstr("nan"))) << value;
        EXPECT_THAT(svg_histogram("a", "x", {value, value}), Not(HasSubstr("nan"))) << value;
    }
}

TEST(Scatter, HasOneAxisForBothDirections) {
    const Plot plot{.name = "a", .lines = {{"a", {{0, 0}, {10, 10}}}}};
    EXPECT_THAT(svg_scatter(plot), HasSubstr("d=\"M58.0,160.0h0M381.3,48.3h0\""));
}

TEST(Histogram, CountsValues) {
    const std::string svg = svg_histogram("a", "x", {0, 0, 0, 10, NAN});  // of 4 and of 12
    EXPECT_THAT(svg, HasSubstr("x=\"58.0\" y=\"59.5\""));
    EXPECT_THAT(svg, HasSubstr("x=\"378.1\" y=\"126.5\""));
}

TEST(Plot, NamesAreEscaped) {
    EXPECT_THAT(svg_plot({"<b>", "x", "y", {{1, 1}}}), Not(HasSubstr("<b>")));
}

}  // namespace
}  // namespace trilby::report
