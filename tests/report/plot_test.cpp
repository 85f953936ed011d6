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

TEST(Plot, NamesAreEscaped) {
    EXPECT_THAT(svg_plot({"<b>", "x", "y", {{1, 1}}}), Not(HasSubstr("<b>")));
}

}  // namespace
}  // namespace trilby::report
