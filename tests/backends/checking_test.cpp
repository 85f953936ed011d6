// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parts of a check run, with tensors on the host in place of a device.

#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <stdexcept>

#include "backends/torch/checking/differences.hpp"
#include "backends/torch/checking/draws.hpp"
#include "backends/torch/checking/element_types.hpp"
#include "backends/torch/checking/injected_fault.hpp"

namespace trilby::backends {
namespace {

using ::testing::SizeIs;
using torch::Tensor;
using validate::ComparedResult;
using validate::FaultClass;

TEST(ElementTypes, HaveTheirNamesAndTheirPrecision) {
    EXPECT_EQ(type_name(torch::kBFloat16), "bfloat16");
    EXPECT_EQ(roundoff_of(torch::kFloat32), 0x1p-24);
    EXPECT_EQ(bits_of(torch::kFloat16), torch::kInt16);
    EXPECT_EQ(layout_of(torch::kInt32).mantissa_bits, 0);
    EXPECT_THROW((void)type_name(torch::kComplexFloat), std::logic_error);
}

TEST(Draws, TheSameSeedDrawsTheSameNumbers) {
    Draws one(5);
    Draws other(5);
    for (int round = 0; round < 3; ++round) {
        one.begin_round();
        other.begin_round();
        EXPECT_TRUE(torch::equal(one.reals({7}, torch::kFloat32, -1, 1),
                                 other.reals({7}, torch::kFloat32, -1, 1)));
        EXPECT_EQ(one.between(-3, 3), other.between(-3, 3));
    }
}

TEST(Draws, StayInTheirRange) {
    Draws draws(1);
    const Tensor integers = draws.integers({1000}, torch::kInt32, -2, 2);
    EXPECT_EQ(integers.min().item<int>(), -2);
    EXPECT_EQ(integers.max().item<int>(), 2);
    for (int i = 0; i < 100; ++i) {
        const std::int64_t number = draws.between(4, 5);
        EXPECT_TRUE(number == 4 || number == 5);
    }
}

TEST(Differences, OfBitsSeeTheSignOfZero) {
    const ComparedResult result =
        compare_bits("zero", torch::tensor({0.0F, -0.0F}), torch::tensor({0.0F, 0.0F}));
    EXPECT_EQ(result.values, 2U);
    EXPECT_EQ(result.wrong, 1U);
    ASSERT_THAT(result.mismatches, SizeIs(1));
    EXPECT_EQ(result.mismatches[0].where, "zero [1]");
    EXPECT_EQ(result.mismatches[0].found_bits, "80000000");
    EXPECT_EQ(result.mismatches[0].expected_bits, "00000000");
}

TEST(Differences, OfBitsWantTheSameSizeAndType) {
    EXPECT_THROW((void)compare_bits("sizes", torch::zeros({2}), torch::zeros({3})),
                 std::logic_error);
}

TEST(Differences, WithinABoundAreNone) {
    const Tensor found = torch::tensor({1.0F, 2.0F, 3.0F});
    const Tensor expected = torch::tensor({1.05, 2.0, 4.0}, torch::kFloat64);
    const ComparedResult result =
        compare_within("bound", found, expected, torch::full({}, 0.1, torch::kFloat64));
    EXPECT_EQ(result.wrong, 1U);
    EXPECT_EQ(result.mismatches.at(0).where, "bound [2]");
    EXPECT_EQ(result.mismatches.at(0).expected, "4 +- 0.1");
    EXPECT_TRUE(result.mismatches.at(0).expected_bits.empty());
}

TEST(Differences, NaNEqualsOnlyNaNAndInfinityOnlyItself) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor found = torch::tensor({nan, nan, infinity, infinity}, torch::kFloat64);
    const Tensor expected = torch::tensor({nan, 0.0, infinity, -infinity}, torch::kFloat64);
    EXPECT_EQ(compare_within("special", found, expected, torch::ones({}, torch::kFloat64)).wrong,
              2U);
}

TEST(Differences, KeepTheFirstAndMapThemAll) {
    const Tensor found = torch::ones({1000});
    const ComparedResult result = compare_bits("all", found, torch::zeros({1000}));
    EXPECT_EQ(result.wrong, 1000U);
    EXPECT_THAT(result.mismatches, SizeIs(validate::most_mismatches));
    ASSERT_TRUE(result.error_map);
    EXPECT_EQ(result.error_map->points.at(99).second, 10);
}

TEST(InjectedFault, WithoutAClassChangesNothing) {
    InjectedFault fault(std::nullopt, 1);
    Tensor host = torch::ones({100});
    fault.strike(host, 1);
    fault.disturb(host, 1);
    fault.end_if_due();
    EXPECT_TRUE(torch::equal(host, torch::ones({100})));
    EXPECT_EQ(fault.slowdown(validate::Work::computing, 1), 1);
    EXPECT_EQ(fault.strikes(), 0U);
}

TEST(InjectedFault, DisturbsStoredValuesInPlace) {
    InjectedFault fault(FaultClass::stuck_bit, 1);
    Tensor zeros = torch::zeros({64}, torch::kInt64);
    Tensor ones = torch::full({64}, -1, torch::kInt64);
    fault.disturb(zeros, 0);
    fault.disturb(ones, 0);
    EXPECT_EQ(zeros.count_nonzero().item<std::int64_t>() + ones.ne(-1).sum().item<std::int64_t>(),
              1);
}

TEST(InjectedFault, ALostDeviceThrowsOnceItsTimeHasCome) {
    InjectedFault fault(FaultClass::lost_device, 1);
    EXPECT_THROW(
        {
            for (int i = 0; i < 20; ++i) {
                fault.end_if_due();
            }
        },
        std::runtime_error);
}

}  // namespace
}  // namespace trilby::backends
