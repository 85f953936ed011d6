// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/table/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <vector>

namespace trilby::train::table {
namespace {

TEST(ClassBaselines, CountMoreRowsThanAFloatCanCount) {
    constexpr std::size_t most_of_float = std::size_t{1} << 24;
    const std::size_t rows = most_of_float / 2 * 3;
    std::vector<std::int32_t> classes(rows, 0);
    std::fill_n(classes.begin(), rows / 6, 1);
    const auto last = static_cast<std::int64_t>(rows);
    const data::Parts parts{.training = {0, last}, .validation = {}, .test = {last - 1, last}};
    const auto baselines = class_baselines({.column = "t", .classes = {"a", "b"}}, classes, parts);
    EXPECT_NEAR(*baselines.at(0).metrics.at("log_loss").content, -std::log(5.0 / 6.0), 1e-6);
}

}  // namespace
}  // namespace trilby::train::table
