// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/injector.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <vector>

namespace trilby::validate {
namespace {

constexpr ElementLayout float32{4, 23};
constexpr ElementLayout int64{8, 0};
constexpr ElementLayout float64_matrix{8, 52, 16};
constexpr ElementLayout matrix_of_a_cpu{8, 52, 16, 3};

/// 1024 different values.
std::vector<float> results() {
    std::vector<float> out(1024);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = 1.0F + static_cast<float>(i) / 7.0F;
    }
    return out;
}

std::span<std::byte> bytes_of(std::vector<float>& values) {
    return std::as_writable_bytes(std::span(values));
}

/// The changes that a fault made to several results.
struct Effect {
    std::size_t values = 0;
    std::size_t bits = 0;
    std::uint64_t strikes = 0;
    bool has_non_finite = false;
};

Effect effect_of(FaultClass fault, std::uint64_t seed, int chances, double progress = 0.9,
                 ElementLayout layout = float32, int results_per_rest = 10) {
    Injector injector(fault, seed);
    Effect effect;
    for (int i = 0; i < chances; ++i) {
        if (i % results_per_rest == results_per_rest - 1) {
            injector.rested();
        }
        auto found = results();
        found[0] += static_cast<float>(i);  // so that a stale result differs
        const auto before = found;
        injector.strike(bytes_of(found), layout, progress);
        for (std::size_t at = 0; at < found.size(); ++at) {
            const auto change =
                std::bit_cast<std::uint32_t>(found[at]) ^ std::bit_cast<std::uint32_t>(before[at]);
            effect.values += change != 0 ? 1 : 0;
            effect.bits += static_cast<std::size_t>(std::popcount(change));
            effect.has_non_finite |= !std::isfinite(found[at]);
        }
    }
    effect.strikes = injector.strikes();
    return effect;
}

TEST(Injector, FlipsOneBitOnceForEverySeed) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Effect effect = effect_of(FaultClass::bit_flip, seed, 20);
        EXPECT_EQ(effect.bits, 1U) << seed;
        EXPECT_EQ(effect.strikes, 1U) << seed;
    }
}

TEST(Injector, FlipsTwoToEightBitsOfOneValue) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const Effect effect = effect_of(FaultClass::multiple_bits, seed, 20);
        EXPECT_EQ(effect.values, 1U) << seed;
        EXPECT_GE(effect.bits, 2U) << seed;
        EXPECT_LE(effect.bits, 8U) << seed;
    }
}

TEST(Injector, StridesThroughTheWholeResult) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Effect effect = effect_of(FaultClass::strided, seed, 20);
        EXPECT_GE(effect.values, 1024U / 64) << seed;
        EXPECT_EQ(effect.bits, effect.values) << seed;
    }
}

TEST(Injector, EachTransientClassStrikesOnceAndChangesSomething) {
    for (const auto fault :
         {FaultClass::tile, FaultClass::dropped_write, FaultClass::repeated_write,
          FaultClass::stale_read, FaultClass::not_a_number}) {
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const Effect effect = effect_of(fault, seed, 20);
            EXPECT_EQ(effect.strikes, 1U) << fault_name(fault) << ", seed " << seed;
            EXPECT_GE(effect.values, 1U) << fault_name(fault) << ", seed " << seed;
        }
    }
}

TEST(Injector, NotANumberIsNotFinite) {
    EXPECT_TRUE(effect_of(FaultClass::not_a_number, 1, 20).has_non_finite);
}

TEST(Injector, AStuckBitStaysAtItsPlace) {
    Injector injector(FaultClass::stuck_bit, 3);
    std::vector<std::byte> zeros(512, std::byte{0});
    std::vector<std::byte> ones(512, std::byte{0xff});
    injector.strike(zeros, int64, 0);
    injector.strike(ones, int64, 0);
    std::size_t places = 0;
    for (std::size_t i = 0; i < zeros.size(); ++i) {
        places += zeros[i] != std::byte{0} || ones[i] != std::byte{0xff} ? 1 : 0;
    }
    EXPECT_EQ(places, 1U);
    EXPECT_EQ(injector.strikes(), 1U);  // one of the two already read what the bit is stuck at
}

TEST(Injector, WrongRoundingChangesMostValuesALittle) {
    Injector injector(FaultClass::wrong_rounding, 3);
    auto found = results();
    const auto correct = found;
    injector.strike(bytes_of(found), float32, 0);
    std::size_t changed = 0;
    for (std::size_t i = 0; i < found.size(); ++i) {
        changed += found[i] != correct[i] ? 1 : 0;
        EXPECT_NEAR(found[i], correct[i], correct[i] * 0x1p-9F);
    }
    EXPECT_GT(changed, 800U);  // the others had zeros there
}

TEST(Injector, NotANumberStrikesIntegersOnceToo) {
    Injector injector(FaultClass::not_a_number, 3);
    std::vector<std::byte> words(64, std::byte{1});
    for (int i = 0; i < 20; ++i) {
        injector.strike(words, int64, 0);
    }
    EXPECT_EQ(injector.strikes(), 1U);
}

/// A result of `rows` rows of ones, and what the fault made of it.
std::vector<double> struck(Injector& injector, std::size_t rows) {
    std::vector<double> out(rows * float64_matrix.columns, 1.0);
    injector.strike(std::as_writable_bytes(std::span(out)), float64_matrix, 0.5);
    return out;
}

// Computing twice cannot detect a shape that is always wrong in the same way.
TEST(Injector, OneShapeIsAlwaysWrongAlike) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Injector injector(FaultClass::one_shape, seed);
        int wrong_sizes = 0;
        for (std::size_t rows = 1; rows <= 20; ++rows) {
            const std::vector<double> first = struck(injector, rows);
            const std::vector<double> second = struck(injector, rows);
            EXPECT_EQ(std::memcmp(first.data(), second.data(), first.size() * sizeof(double)), 0);
            wrong_sizes += first != std::vector<double>(first.size(), 1.0) ? 1 : 0;
        }
        EXPECT_EQ(wrong_sizes, 1) << seed;
        EXPECT_EQ(injector.strikes(), 2U) << seed;
    }
}

TEST(Injector, ARareTileIsARectangleInFewMatrices) {
    constexpr std::size_t rows = 200;
    Injector injector(FaultClass::rare_tile, 1);
    std::size_t wrong_rows = 0;
    for (int i = 0; i < 1000; ++i) {
        const std::vector<double> found = struck(injector, rows);
        for (std::size_t row = 0; row < rows; ++row) {
            const auto begin = found.begin() + static_cast<std::ptrdiff_t>(row * 16);
            wrong_rows += std::any_of(begin, begin + 16, [](double v) { return v != 1; }) ? 1 : 0;
        }
    }
    EXPECT_GT(injector.strikes(), 5U);
    EXPECT_LT(injector.strikes(), 50U);
    EXPECT_GT(wrong_rows, injector.strikes());
    EXPECT_LE(wrong_rows, injector.strikes() * 64);
}

TEST(Injector, FaultsOfTilesStrikeOnlyMatrices) {
    EXPECT_EQ(effect_of(FaultClass::one_shape, 1, 100).strikes, 0U);
    EXPECT_EQ(effect_of(FaultClass::rare_tile, 1, 1000).strikes, 0U);
}

TEST(Injector, ATinyErrorIsTinyAndStrikesOnlyFloat64) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Injector injector(FaultClass::tiny_error, seed);
        double sum = 0;
        for (const double value : struck(injector, 4)) {
            sum += std::abs(value - 1);
        }
        EXPECT_GT(sum, 0) << seed;
        EXPECT_LT(sum, 1e-8) << seed;
    }
    EXPECT_EQ(effect_of(FaultClass::tiny_error, 1, 100).strikes, 0U);
}

/// The places of the values that the fault changed in results().
std::vector<std::size_t> changed_places(FaultClass fault, std::uint64_t seed) {
    Injector injector(fault, seed);
    auto found = results();
    const auto correct = found;
    injector.strike(bytes_of(found), float32, 0);
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (std::bit_cast<std::uint32_t>(found[i]) != std::bit_cast<std::uint32_t>(correct[i])) {
            places.push_back(i);
        }
    }
    return places;
}

TEST(Injector, OneLaneChangesSomeValuesOfOneLaneAlwaysAlike) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto places = changed_places(FaultClass::one_lane, seed);
        EXPECT_EQ(places, changed_places(FaultClass::one_lane, seed));
        ASSERT_GT(places.size(), 1024U / 32 / 8) << seed;
        EXPECT_LT(places.size(), 1024U / 4) << seed;
        for (const std::size_t place : places) {
            EXPECT_EQ((place - places.front()) % 4, 0U) << seed;  // no vector has fewer lanes
        }
    }
}

TEST(Injector, DataDependentChangesTheSameFewValuesWhereverTheyAre) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Injector injector(FaultClass::data_dependent, seed);
        auto forwards = results();
        auto backwards = results();
        std::ranges::reverse(backwards);
        injector.strike(bytes_of(forwards), float32, 0);
        injector.strike(bytes_of(backwards), float32, 0);
        std::ranges::reverse(backwards);
        EXPECT_EQ(std::memcmp(forwards.data(), backwards.data(), forwards.size() * sizeof(float)),
                  0);
        EXPECT_LT(changed_places(FaultClass::data_dependent, seed).size(), 64U) << seed;
    }
}

// The answers of all other CPUs are right.
TEST(Injector, OneCoreStrikesResultsOfOneCpuOnly) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        Injector injector(FaultClass::one_core, seed);
        std::set<std::uint32_t> struck;
        for (std::uint32_t i = 0; i < 300; ++i) {
            ElementLayout layout = int64;
            layout.cpu = i % 4;
            std::vector<std::byte> words(64);
            injector.strike(words, layout, 0);
            if (words != std::vector<std::byte>(64)) {
                struck.insert(i % 4);
            }
        }
        EXPECT_EQ(struck.size(), 1U) << seed;
        EXPECT_GT(injector.strikes(), 1U) << seed;
    }
    EXPECT_EQ(effect_of(FaultClass::one_core, 1, 100).strikes, 0U);  // of no certain CPU
}

TEST(Injector, RareFaultsAreRare) {
    const Effect effect = effect_of(FaultClass::rare, 1, 3000);
    EXPECT_GT(effect.strikes, 5U);
    EXPECT_LT(effect.strikes, 100U);
}

TEST(Injector, WarmingUpStrikesMoreOftenOverTime) {
    EXPECT_EQ(effect_of(FaultClass::warming_up, 1, 300, 0.0).strikes, 0U);
    EXPECT_GT(effect_of(FaultClass::warming_up, 1, 300, 1.0).strikes,
              effect_of(FaultClass::warming_up, 1, 300, 0.3).strikes);
}

TEST(Injector, APowerStepStrikesOnlyTheFirstResultAfterARest) {
    const Effect effect = effect_of(FaultClass::power_step, 1, 100);
    EXPECT_EQ(effect.strikes, 10U);
    EXPECT_EQ(effect.bits, 10U);
    EXPECT_EQ(effect_of(FaultClass::power_step, 1, 100, 0.9, float32, 1000).strikes, 0U);
}

TEST(Injector, ASlowClockSlowsDownOnlyAfterAWhile) {
    Injector slow(FaultClass::slow_clock, 1);
    EXPECT_EQ(slow.slowdown(Work::computing, 0.1), 1);
    EXPECT_EQ(slow.slowdown(Work::computing, 0.9), 2);
    EXPECT_EQ(slow.slowdown(Work::memory, 0.9), 2);
    EXPECT_EQ(Injector(FaultClass::bit_flip, 1).slowdown(Work::computing, 0.9), 1);
    Injector memory(FaultClass::slow_memory, 1);
    EXPECT_EQ(memory.slowdown(Work::computing, 0.9), 1);
    EXPECT_EQ(memory.slowdown(Work::memory, 0.9), 2);
    EXPECT_EQ(memory.strikes(), 1U);
    Injector link(FaultClass::narrow_link, 1);
    EXPECT_EQ(link.slowdown(Work::memory, 0.9), 1);
    EXPECT_EQ(link.slowdown(Work::transfer, 0.9), 4);
}

TEST(Injector, OnlyFaultsOfThatKindEndTheProcess) {
    for (const FaultInfo& fault : known_faults()) {
        Injector injector(fault.fault, 1);
        bool ends = false;
        for (int i = 0; i < 20; ++i) {
            ends |= injector.ends_now();
        }
        EXPECT_EQ(ends, fault.kind == FaultKind::ends_process) << fault.name;
    }
}

TEST(Injector, OnlyFaultsOfThatKindChangeValues) {
    for (const FaultInfo& fault : known_faults()) {
        std::size_t changed = 0;
        for (std::uint64_t seed = 0; seed < 5; ++seed) {  // a stuck bit may change nothing
            changed += effect_of(fault.fault, seed, 100, 0.9, matrix_of_a_cpu).values;
        }
        EXPECT_EQ(changed > 0, fault.kind == FaultKind::changes_values) << fault.name;
    }
}

TEST(Injector, SmallAndEmptyResultsAreSafe) {
    for (const FaultInfo& fault : known_faults()) {
        for (const std::size_t bytes : {0U, 3U, 4U, 8U, 12U}) {
            Injector injector(fault.fault, bytes);
            std::vector<std::byte> result(bytes);
            for (int i = 0; i < 20; ++i) {
                injector.strike(result, float32, 1.0);
            }
        }
    }
}

}  // namespace
}  // namespace trilby::validate
