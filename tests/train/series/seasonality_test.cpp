// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/series/seasonality.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

#include "base/random.hpp"

namespace trilby::train::series {
namespace {

constexpr double hour = 3600.0;

double wave(double steps, double period) {
    return std::sin(2.0 * std::numbers::pi * steps / period);
}

template <class Value>
std::vector<double> series_of(std::size_t steps, Value value) {
    std::vector<double> values;
    for (std::size_t step = 0; step < steps; ++step) {
        values.push_back(value(static_cast<double>(step)));
    }
    return values;
}

TEST(Seasonality, FindsThePeriodOfAWaveOnATrend) {
    const auto values = series_of(200, [](double t) { return 3.0 * t + wave(t, 13.0); });
    EXPECT_EQ(find_period(values, 1, 0.0), 13);
}

TEST(Seasonality, PrefersTheCalendarToPeriodsThatExplainAboutAsMuch) {
    const auto values =
        series_of(1000, [](double t) { return wave(t, 24.0) + 0.3 * wave(t, 24.0 * 7.0); });
    EXPECT_EQ(find_period(values, 1, hour), 24);
    const auto weeks = series_of(100, [](double t) { return std::fmod(t, 7.0) < 5.0 ? 1.0 : 0.0; });
    EXPECT_EQ(find_period(weeks, 1, 24.0 * hour), 7);
}

TEST(Seasonality, IsTheWholePeriodOfANoisyWave) {
    SplitMix64 random(1);
    for (const double period : {24.0, 31.4, 96.0}) {
        const auto values = series_of(1000, [&](double t) {
            return 3.0 * wave(t, period) + 0.0005 * static_cast<double>(random.below(1001));
        });
        EXPECT_NEAR(static_cast<double>(find_period(values, 1, 0.0)), period, 0.1 * period);
    }
}

TEST(Seasonality, IsNotAShorterCycleOfTheCalendarWithinASmoothDay) {
    const auto values = series_of(1000, [](double t) { return wave(t, 96.0); });
    EXPECT_EQ(find_period(values, 1, hour / 4.0), 96);
}

TEST(Seasonality, IsTwoStepsOfASeriesThatAlternates) {
    const auto values = series_of(100, [](double t) { return std::fmod(t, 2.0); });
    EXPECT_EQ(find_period(values, 1, 0.0), 2);
}

TEST(Seasonality, IsAYearOfMonths) {
    constexpr double month = 365.2425 / 12.0 * 24.0 * hour;
    const auto values = series_of(120, [](double t) { return wave(t, 12.0) + 0.1 * t; });
    EXPECT_EQ(find_period(values, 1, month), 12);
}

TEST(Seasonality, IsNoneInARandomWalk) {
    SplitMix64 random(1);
    double position = 0.0;
    const auto values = series_of(
        2000, [&](double) { return position += static_cast<double>(random.below(2001)) - 1000.0; });
    EXPECT_EQ(find_period(values, 1, hour), 1);
}

TEST(Seasonality, IsNoneInASeriesThatIsConstantOrTooShort) {
    EXPECT_EQ(find_period(std::vector<double>(100, 5.0), 1, hour), 1);
    EXPECT_EQ(find_period(std::vector<double>(4, 5.0), 1, hour), 1);
    EXPECT_EQ(find_period(std::vector<double>(1, 5.0), 1, hour), 1);
}

TEST(Seasonality, IsThatOfTheVariablesTogether) {
    std::vector<double> values;
    for (int step = 0; step < 300; ++step) {
        values.push_back(7.0);
        values.push_back(wave(step, 10.0));
    }
    EXPECT_EQ(find_period(values, 2, 0.0), 10);
}

}  // namespace
}  // namespace trilby::train::series
