// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/number_functions.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <stdexcept>

namespace trilby::backends {
namespace {

c10::IValue call(std::string_view target, const std::vector<c10::IValue>& numbers) {
    const NumberFunctionFacts facts = number_function(target);
    EXPECT_EQ(facts.parameters, numbers.size()) << target;
    return facts.function(numbers);
}

TEST(NumberFunctionsTest, DivisionRoundsDownAsInPython) {
    EXPECT_EQ(call("_operator.floordiv", {-7, 2}).toInt(), -4);
    EXPECT_EQ(call("_operator.floordiv", {7, -2}).toInt(), -4);
    EXPECT_EQ(call("_operator.floordiv", {7, 2}).toInt(), 3);
    EXPECT_EQ(call("_operator.mod", {-7, 2}).toInt(), 1);
    EXPECT_EQ(call("_operator.mod", {7, -2}).toInt(), -1);
    EXPECT_EQ(call("_operator.truediv", {7, 2}).toDouble(), 3.5);
    EXPECT_EQ(call("_operator.floordiv", {7.5, 2}).toDouble(), 3.0);
}

TEST(NumberFunctionsTest, IntegersStayIntegers) {
    EXPECT_TRUE(call("_operator.add", {1, 2}).isInt());
    EXPECT_TRUE(call("_operator.add", {1, 2.0}).isDouble());
    EXPECT_EQ(call("_operator.neg", {3}).toInt(), -3);
    EXPECT_EQ(call("torch.sym_max", {3, 5}).toInt(), 5);
    EXPECT_TRUE(call("_operator.le", {3, 3}).toBool());
    EXPECT_EQ(call("torch.sym_float", {3}).toDouble(), 3.0);
}

TEST(NumberFunctionsTest, WhatHasNoResultIsAnError) {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    EXPECT_THROW(call("_operator.add", {most, 1}), std::domain_error);
    EXPECT_THROW(call("_operator.mul", {most, 2}), std::domain_error);
    EXPECT_THROW(call("_operator.floordiv", {1, 0}), std::domain_error);
    EXPECT_THROW(call("_operator.mod", {1.0, 0.0}), std::domain_error);
    EXPECT_THROW(call("_operator.floordiv", {std::numeric_limits<std::int64_t>::min(), -1}),
                 std::domain_error);
    EXPECT_EQ(call("_operator.mod", {std::numeric_limits<std::int64_t>::min(), -1}).toInt(), 0);
    EXPECT_EQ(number_function("os.system").function, nullptr);
}

}  // namespace
}  // namespace trilby::backends
