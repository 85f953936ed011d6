// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/windows.hpp"

#include <gtest/gtest.h>

namespace trilby::train::series {
namespace {

TEST(SeriesWindows, ForecastOnlyRowsOfTheirPartAndAllOfThem) {
    const data::Range first_rows = windows_of({100, 150}, 30, 10);
    EXPECT_EQ(first_rows.first + 30, 100);     // the first row that is forecast
    EXPECT_EQ(first_rows.last - 1 + 40, 150);  // one past the last
    EXPECT_EQ(first_rows.size(), 41);
}

TEST(SeriesWindows, OfTheFirstPartDoNotLookBackBeforeTheSeries) {
    EXPECT_EQ(windows_of({0, 100}, 30, 10), (data::Range{0, 61}));
    EXPECT_EQ(windows_of({10, 100}, 30, 10), (data::Range{0, 61}));
}

TEST(SeriesWindows, AreNoneInAPartThatIsShorterThanTheHorizon) {
    EXPECT_EQ(windows_of({100, 109}, 30, 10).size(), 0);
    EXPECT_EQ(windows_of({0, 39}, 30, 10).size(), 0);
    EXPECT_EQ(windows_of({100, 100}, 30, 10).size(), 0);
}

}  // namespace
}  // namespace trilby::train::series
