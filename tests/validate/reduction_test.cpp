// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/reduction.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace trilby::validate {
namespace {

bool always() {
    return true;
}

/// A product of rows x inner x columns, which are the last three of five draws from 1.
struct Product {
    std::uint32_t rows = 75;
    std::uint32_t inner = 63;
    std::uint32_t columns = 17;

    [[nodiscard]] Product reduced(const Halvings& halvings) const {
        const auto size = [&](std::uint32_t drawn, std::size_t i) {
            return 1 +
                   (i < halvings.size() ? (drawn - 1) >> std::min(halvings[i], 31U) : drawn - 1);
        };
        return {size(rows, 2), size(inner, 3), size(columns, 4)};
    }
    [[nodiscard]] std::string text() const { return fmt::format("{}x{}x{}", rows, inner, columns); }
};

/// Crashes for the products for which `is_faulty`.
Attempt attempt_with(bool (*is_faulty)(const Product&)) {
    return [is_faulty](const Halvings& halvings) {
        const Product product = Product().reduced(halvings);
        return is_faulty(product) ? std::optional(product.text()) : std::nullopt;
    };
}

TEST(Reduction, KeepsTheSizeThatTheCrashNeeds) {
    const auto attempt = attempt_with([](const Product& product) { return product.inner == 63; });
    EXPECT_EQ(reduce(5, attempt, always), "1x63x1");
}

TEST(Reduction, HalvesASizeAsFarAsItCrashes) {
    const auto attempt = attempt_with([](const Product& product) { return product.rows >= 16; });
    EXPECT_EQ(reduce(5, attempt, always), "19x1x1");
}

TEST(Reduction, FindsNothingIfNoSmallerOneCrashes) {
    EXPECT_EQ(reduce(
                  5, [](const Halvings&) { return std::nullopt; }, always),
              std::nullopt);
}

TEST(Reduction, TriesNothingWithoutTime) {
    const auto attempt = attempt_with([](const Product&) { return true; });
    EXPECT_EQ(reduce(5, attempt, [] { return false; }), std::nullopt);
}

TEST(Reduction, TriesFewTimesHoweverManyDrawsAWorkerClaims) {
    int tries = 0;
    const auto attempt = [&](const Halvings& halvings) {
        ++tries;
        EXPECT_LE(halvings.size(), 1000U);
        return std::optional<std::string>("crash");
    };
    EXPECT_EQ(reduce(UINT64_MAX, attempt, always), "crash");
    EXPECT_EQ(tries, 8);
}

}  // namespace
}  // namespace trilby::validate
