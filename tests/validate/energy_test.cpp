// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/energy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

namespace trilby::validate {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Samples a second apart, with one counter.
std::vector<TelemetrySample> counted(const std::vector<double>& joules,
                                     std::optional<double> wraps_at = {}) {
    std::vector<TelemetrySample> samples;
    for (const double count : joules) {
        const auto seconds = static_cast<double>(samples.size());
        samples.push_back({seconds, {.energy = {{"card", {count, wraps_at}}}}});
    }
    return samples;
}

/// Samples a second apart, with the power.
std::vector<TelemetrySample> powered(const std::vector<double>& watts) {
    std::vector<TelemetrySample> samples;
    for (const double power : watts) {
        samples.push_back({static_cast<double>(samples.size()), {.power_w = power}});
    }
    return samples;
}

TEST(EnergyOf, IsTheRiseOfTheCounter) {
    const auto energy = energy_of(counted({1000, 1250, 1600}));
    ASSERT_TRUE(energy) << energy.error();
    EXPECT_EQ(energy->joules, 600);
    EXPECT_EQ(energy->basis, "counted by the hardware");
}

TEST(EnergyOf, CountersThatWrapGoOn) {
    const auto energy = energy_of(counted({900, 100, 950, 50}, 1000));
    ASSERT_TRUE(energy) << energy.error();
    EXPECT_EQ(energy->joules, 200 + 850 + 100);
}

TEST(EnergyOf, ACounterThatGoesBackWithoutAWrapIsUnknown) {
    EXPECT_THAT(energy_of(counted({900, 100})).error(), HasSubstr("went back"));
    // It was above the value at which it says that it wraps.
    EXPECT_THAT(energy_of(counted({900, 100}, 500)).error(), HasSubstr("went back"));
}

TEST(EnergyOf, ACounterThatStandsStillIsUnknown) {
    EXPECT_THAT(energy_of(counted({900, 900, 900})).error(), HasSubstr("did not rise"));
}

TEST(EnergyOf, AddsThePartsOfADevice) {
    std::vector<TelemetrySample> samples = counted({10, 20});
    samples[0].reading.energy["other"] = {.joules = 5};
    samples[1].reading.energy["other"] = {.joules = 8};
    EXPECT_EQ(energy_of(samples)->joules, 13);
    samples[1].reading.energy.erase("other");  // the sum is not complete
    EXPECT_THAT(energy_of(samples).error(), HasSubstr("other disappeared"));
}

TEST(EnergyOf, ASampleWithoutTheCounterIsLeftOut) {
    std::vector<TelemetrySample> samples = counted({10, 20, 40});
    samples[1].reading.energy.clear();
    EXPECT_EQ(energy_of(samples)->joules, 30);
}

TEST(EnergyOf, WithoutACounterItIsTheIntegralOfThePower) {
    const auto energy = energy_of(powered({100, 300, 100}));
    ASSERT_TRUE(energy) << energy.error();
    EXPECT_EQ(energy->joules, 400);
    EXPECT_EQ(energy->basis,
              "the integral of 3 samples of the power, since no energy counter is known");
}

TEST(EnergyOf, TooFewSamplesOfThePowerAreNotEnough) {
    EXPECT_FALSE(energy_of(powered({100, 100})));
    std::vector<TelemetrySample> samples = powered({100, 100, 100, 100});
    samples.back().reading.power_w = {};  // the end would be missing
    EXPECT_FALSE(energy_of(samples));
    EXPECT_FALSE(energy_of(powered({100})));
}

TEST(EnergyOf, ACounterThatContradictsThePowerIsNotBelieved) {
    for (const double counts : {1.0, 3.0}) {  // 100 J and 300 J, where the power makes 200 J
        std::vector<TelemetrySample> samples = powered({100, 100, 100});
        for (std::size_t i = 0; i < samples.size(); ++i) {
            samples[i].reading.energy["card"] = {.joules = 50 * counts * static_cast<double>(i)};
        }
        EXPECT_EQ(energy_of(samples)->basis, "counted by the hardware");
        samples.back().reading.energy["card"].joules = counts < 2 ? 90 : 500;
        const auto energy = energy_of(samples);
        ASSERT_TRUE(energy) << energy.error();
        EXPECT_EQ(energy->joules, 200);
        EXPECT_THAT(energy->basis,
                    AllOf(StartsWith("the integral of 3 samples"), HasSubstr("makes 200 J")));
    }
}

}  // namespace
}  // namespace trilby::validate
