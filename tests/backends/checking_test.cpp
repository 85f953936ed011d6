// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The parts of a check run, with tensors on the host in place of a device.

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends/torch/checking/attention_shapes.hpp"
#include "backends/torch/checking/convolution_shapes.hpp"
#include "backends/torch/checking/differences.hpp"
#include "backends/torch/checking/draws.hpp"
#include "backends/torch/checking/element_types.hpp"
#include "backends/torch/checking/exact_convolution.hpp"
#include "backends/torch/checking/exact_product.hpp"
#include "backends/torch/checking/injected_fault.hpp"
#include "backends/torch/checking/product_shapes.hpp"
#include "backends/torch/checking/product_types.hpp"
#include "backends/torch/checking/watched_operations.hpp"

namespace trilby::backends {
namespace {

using ::testing::SizeIs;
using ::testing::StartsWith;
using torch::Tensor;
using validate::ComparedResult;
using validate::FaultClass;

TEST(ElementTypes, HaveTheirNamesAndTheirPrecision) {
    EXPECT_EQ(type_name(torch::kBFloat16), "bfloat16");
    EXPECT_EQ(roundoff_of(torch::kFloat32), 0x1p-24);
    EXPECT_EQ(smallest_normal_of(torch::kFloat16), 0x1p-14);
    EXPECT_EQ(smallest_normal_of(torch::kFloat64), std::numeric_limits<double>::min());
    EXPECT_EQ(bits_of(torch::kFloat16), torch::kInt16);
    EXPECT_EQ(layout_of(torch::kInt32).mantissa_bits, 0);
    EXPECT_THROW((void)type_name(torch::kComplexFloat), std::logic_error);
}

TEST(Draws, TheSameSeedDrawsTheSameNumbers) {
    Draws one(5);
    Draws other(5);
    for (std::uint64_t round = 0; round < 3; ++round) {
        one.begin_round(round);
        other.begin_round(round);
        EXPECT_TRUE(torch::equal(one.reals({7}, torch::kFloat32, -1, 1),
                                 other.reals({7}, torch::kFloat32, -1, 1)));
        EXPECT_EQ(one.between(-3, 3), other.between(-3, 3));
    }
}

TEST(Draws, ARoundDoesNotDependOnTheRoundsBefore) {
    Draws all(5);
    Draws last(5);
    for (std::uint64_t round = 0; round < 3; ++round) {
        all.begin_round(round);
        const std::int64_t unused = all.between(0, 9);
        EXPECT_GE(unused, 0);
    }
    all.begin_round(3);
    last.begin_round(3);
    EXPECT_EQ(all.between(0, 1 << 30), last.between(0, 1 << 30));
    EXPECT_TRUE(torch::equal(all.reals({7}, torch::kFloat32, -1, 1),
                             last.reals({7}, torch::kFloat32, -1, 1)));
}

TEST(Draws, HalvingReducesAChosenSizeToOneAtMost) {
    Draws draws(7, {0, 2, 63});
    EXPECT_EQ(draws.size(65), 65);
    EXPECT_EQ(draws.size(65), 17);
    EXPECT_EQ(draws.size(65), 1);
    EXPECT_EQ(draws.size(1), 1);
}

TEST(Draws, HalvingChangesOnlyTheNumberThatItIsFor) {
    Draws whole(5);
    Draws halved(5, {0, 1, 63});
    std::vector<std::int64_t> numbers;
    for (Draws* draws : {&whole, &halved}) {
        draws->begin_round(2);
        for (int i = 0; i < 4; ++i) {
            numbers.push_back(draws->between(10, 1000));
        }
    }
    EXPECT_EQ(numbers[4], numbers[0]);
    EXPECT_EQ(numbers[5], 10 + (numbers[1] - 10) / 2);
    EXPECT_EQ(numbers[6], 10);
    EXPECT_EQ(numbers[7], numbers[3]);
}

class Watched : public ::testing::Test {
  protected:
    [[nodiscard]] std::string text() const {
        return trace_.read().value_or(validate::Operation()).text;
    }

    validate::OperationTrace trace_ = validate::OperationTrace::create().value();
    WatchedOperations operations_{validate::OperationWriter::open(trace_.descriptor()).value()};
};

TEST_F(Watched, AnOperationHasItsTypesShapesAndLayouts) {
    operations_.begin_round(7);
    operations_.count_draw();
    operations_.begin_step("matmul bfloat16, NT 4x3x2");
    const Tensor a = torch::ones({4, 3}, torch::kBFloat16);
    const Tensor b = torch::ones({2, 5}, torch::kBFloat16).t();
    EXPECT_ANY_THROW((void)torch::mm(a, b));  // the sizes do not fit
    EXPECT_EQ(text(),
              "matmul bfloat16, NT 4x3x2: aten::mm(bfloat16[4x3], bfloat16[5x2] strides [1, 5])");
    EXPECT_EQ(trace_.read()->round, 7U);
    EXPECT_EQ(trace_.read()->draws, 1U);
}

TEST_F(Watched, AnOperationThatOthersCallIsNotTheirs) {
    operations_.begin_step("linear");
    (void)torch::linear(torch::ones({2, 3}), torch::ones({4, 3}));
    EXPECT_THAT(text(), StartsWith("linear: aten::linear(float32[2x3], float32[4x3]"));
}

TEST_F(Watched, BetweenTwoStepsTheLastOperationIsKept) {
    operations_.begin_step("sum");
    operations_.end_step();
    EXPECT_EQ(text(), "sum");
    (void)torch::ones({3});
    EXPECT_EQ(text(), "aten::ones()");
}

TEST_F(Watched, NothingIsWrittenWhileATimeIsMeasured) {
    operations_.begin_step("sum");
    const at::RecordFunctionGuard no_callbacks(/*is_enabled=*/false);
    (void)torch::ones({3});
    EXPECT_EQ(text(), "sum");
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

TEST(Differences, WhatHasNoBoundDoesNotCountAsCompared) {
    const double infinity = std::numeric_limits<double>::infinity();
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const Tensor found = torch::tensor({1.0, 9.0, nan}, torch::kFloat64);
    const Tensor expected = torch::ones({3}, torch::kFloat64);
    const Tensor bound = torch::tensor({0.5, infinity, infinity}, torch::kFloat64);
    const ComparedResult result = compare_within("unbounded", found, expected, bound);
    EXPECT_EQ(result.values, 2U);
    EXPECT_EQ(result.wrong, 1U) << "NaN is wrong whatever the bound";
}

TEST(Differences, NaNEqualsOnlyNaNAndInfinityOnlyItself) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinity = std::numeric_limits<double>::infinity();
    const Tensor found = torch::tensor({nan, nan, infinity, infinity}, torch::kFloat64);
    const Tensor expected = torch::tensor({nan, 0.0, infinity, -infinity}, torch::kFloat64);
    EXPECT_EQ(compare_within("special", found, expected, torch::ones({}, torch::kFloat64)).wrong,
              2U);
}

TEST(Differences, OfAMatrixTellTheTile) {
    Tensor found = torch::zeros({2, 8, 8});
    found[1][3][2] = 1;
    EXPECT_EQ(compare_bits("one", found, torch::zeros({2, 8, 8})).mismatches.at(0).where,
              "one [1, 3, 2]");
    found[0][5][4] = 1;
    EXPECT_EQ(compare_bits("two", found, torch::zeros({2, 8, 8})).mismatches.at(0).where,
              "two, wrong in rows 3 to 5 and columns 2 to 4 [0, 5, 4]");
}

TEST(Differences, KeepTheFirstAndMapThemAll) {
    const Tensor found = torch::ones({1000});
    const ComparedResult result = compare_bits("all", found, torch::zeros({1000}));
    EXPECT_EQ(result.wrong, 1000U);
    EXPECT_THAT(result.mismatches, SizeIs(validate::most_mismatches));
    ASSERT_TRUE(result.error_map);
    EXPECT_EQ(result.error_map->points.at(99).second, 10);
}

/// Integers on the host and their product in float64.
struct IntegerProduct {
    explicit IntegerProduct(std::int64_t side) {
        Draws draws(3);
        a = draws.integers({side, side}, torch::kInt32, -9, 9);
        b = draws.integers({side, side}, torch::kInt32, -9, 9);
        product = a.to(torch::kFloat64).mm(b.to(torch::kFloat64));
    }

    [[nodiscard]] ComparedResult compare(std::uint64_t seed = 1) const {
        return compare_exact_product("product", product, a, b, 1 << 24, seed);
    }

    Tensor a;
    Tensor b;
    Tensor product;
};

TEST(ExactProduct, OfACorrectDeviceIsCorrectForEverySeed) {
    const IntegerProduct integers(50);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const ComparedResult result = integers.compare(seed);
        EXPECT_EQ(result.values, 2500U);
        EXPECT_EQ(result.wrong, 0U);
    }
}

TEST(ExactProduct, ReportsTheTileAndTheFirstWrongValues) {
    IntegerProduct integers(100);
    integers.product.slice(0, 20, 30).slice(1, 64, 80) += 1;
    const ComparedResult result = integers.compare();
    EXPECT_EQ(result.wrong, 160U);
    ASSERT_THAT(result.mismatches, SizeIs(validate::most_mismatches));
    EXPECT_EQ(result.mismatches[0].where,
              "product, wrong in rows 20 to 29 and columns 64 to 79 [20, 64]");
    EXPECT_EQ(std::stod(result.mismatches[0].found), std::stod(result.mismatches[0].expected) + 1);
}

// Errors in one row that cancel in its sum; an identity with x = (1, ..., 1) would miss them.
TEST(ExactProduct, FindsErrorsThatCancel) {
    IntegerProduct integers(50);
    integers.product[7][3] += 1;
    integers.product[7][4] -= 1;
    EXPECT_EQ(integers.compare().wrong, 2U);
}

// The identity is in integers, which cannot express such errors, least of all where the value is 0.
TEST(ExactProduct, FindsFractionsNaNAndValuesThatAreTooLarge) {
    for (const double wrong : {0.5, 0x1p-40, HUGE_VAL, std::nan(""), 0x1p60}) {
        IntegerProduct integers(50);
        integers.a[11].zero_();
        integers.product[11].zero_();
        integers.product[11][13] = wrong;
        EXPECT_EQ(integers.compare().wrong, 1U) << wrong;
    }
}

TEST(ExactProduct, FindsAWrongProductAsAWhole) {
    IntegerProduct integers(100);
    integers.product += 1;
    EXPECT_EQ(integers.compare().wrong, 10000U);
}

TEST(ExactOperands, KeepEverySumInTheRange) {
    for (const auto type : known_product_types(torch::kCUDA)) {
        for (const std::int64_t terms : {1, 2, 63, 255, 257, 512, 1000, 8192, 50257}) {
            const ExactOperands operands = exact_operands(type.exact, terms);
            const std::int64_t left = (terms + operands.spacing - 1) / operands.spacing;
            EXPECT_GE(operands.largest, 1) << type.name << " " << terms;
            EXPECT_LE(operands.largest, type.exact.largest_operand) << type.name << " " << terms;
            EXPECT_LE(left * operands.largest * operands.largest, type.exact.largest_sum)
                << type.name << " " << terms;
        }
    }
}

constexpr SweepLimits roomy{.side = 512, .values = 8 * 512 * 512};

TEST(ProductShapes, GrowWithTheTimeAndStayInMemory) {
    const auto count = [](bool is_cpu, double seconds, std::uint64_t memory) {
        return known_shapes(sweep_limits(is_cpu, seconds, memory)).size();
    };
    constexpr std::uint64_t plenty = std::uint64_t{1} << 36;
    EXPECT_LT(count(true, 0.8, plenty), count(true, 12, plenty));
    EXPECT_LT(count(true, 12, plenty), count(true, 90, plenty));
    EXPECT_LT(count(true, 90, plenty), count(false, 90, plenty));
    EXPECT_LT(count(false, 90, 1 << 20), count(false, 90, plenty));
}

// Shapes of reports about wrong products.
TEST(ProductShapes, HaveTheShapesThatWereWrongOnRealDevices) {
    const std::vector<ProductShape> shapes = known_shapes(roomy);
    EXPECT_THAT(shapes, ::testing::Contains(ProductShape{1, 256, 256, 256}));
    EXPECT_THAT(shapes, ::testing::Contains(::testing::Field(&ProductShape::inner, 1)));
    EXPECT_THAT(shapes, ::testing::Contains(::testing::Field(&ProductShape::rows, 1)));
    EXPECT_THAT(shapes, ::testing::Contains(::testing::Field(&ProductShape::inner, 63)));
}

TEST(ProductShapes, DrawnAtRandomStayInTheLimitsAndRepeat) {
    for (const SweepLimits& limits : {roomy, sweep_limits(false, 90, 0)}) {
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            SplitMix64 random(seed);
            SplitMix64 again(seed);
            const ProductShape shape = random_shape(random, limits);
            EXPECT_LE(shape.work(), limits.side * limits.side * limits.side) << shape.text();
            EXPECT_LE(shape.values(), limits.values) << shape.text();
            EXPECT_GE(std::min({shape.batch, shape.rows, shape.inner, shape.columns}), 1);
            EXPECT_EQ(random_shape(again, limits), shape);
        }
    }
}

TEST(AttentionShapes, StayInTheLimitsAndServeEveryHead) {
    for (const SweepLimits& limits :
         {roomy, sweep_limits(true, 5, 0), sweep_limits(false, 90, 0)}) {
        std::vector<AttentionShape> shapes = known_attention_shapes(limits);
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            SplitMix64 random(seed);
            shapes.push_back(random_attention_shape(random, limits));
        }
        for (const AttentionShape& shape : shapes) {
            EXPECT_TRUE(limits.allow(shape.scores())) << shape.text();
            EXPECT_EQ(shape.heads % shape.key_heads, 0) << shape.text();
            EXPECT_GE(std::min({shape.batch, shape.key_heads, shape.rows, shape.keys}), 1)
                << shape.text();
        }
    }
}

constexpr Convolution small_convolution{.images = 2,
                                        .groups = 2,
                                        .inputs = 3,
                                        .outputs = 5,
                                        .height = 9,
                                        .width = 12,
                                        .kernel = 3,
                                        .stride = 2,
                                        .padding = 1,
                                        .dilation = 1};

/// Operands and results of a convolution of integers, computed by LibTorch in float64.
struct IntegerConvolution {
    explicit IntegerConvolution(const Convolution& convolution) : shape(convolution) {
        Draws draws(3);
        const auto draw = [&](const std::vector<std::int64_t>& sizes) {
            return draws.integers(sizes, torch::kInt32, -9, 9);
        };
        operands = {.input = draw(shape.input_sizes()),
                    .weight = draw(shape.weight_sizes()),
                    .output = draw(shape.output_sizes())};
        const Tensor input = operands.input.to(torch::kFloat64).requires_grad_();
        const Tensor weight = operands.weight.to(torch::kFloat64).requires_grad_();
        const Tensor output = torch::conv2d(input, weight, {}, shape.stride, shape.padding,
                                            shape.dilation, shape.groups);
        output.backward(operands.output.to(torch::kFloat64));
        found = {.input = input.grad(), .weight = weight.grad(), .output = output.detach()};
    }

    /// The number of values that are wrong.
    [[nodiscard]] std::uint64_t wrong() const {
        std::uint64_t count = 0;
        compare_exact_convolution(
            "convolution", shape, found, operands,
            [&](const std::string& what, const Tensor& product, const Tensor& a, const Tensor& b) {
                count += compare_exact_product(what, product, a, b, 1 << 24, 1).wrong;
            });
        return count;
    }

    Convolution shape;
    ConvolutionTensors operands;
    ConvolutionTensors found;
};

TEST(ExactConvolution, OfACorrectDeviceIsCorrectForEveryShape) {
    EXPECT_EQ(IntegerConvolution(small_convolution).wrong(), 0U);
    for (std::int64_t variant = 0; variant < 36; ++variant) {
        Convolution shape = small_convolution;
        shape.kernel = 1 + 2 * (variant % 3);
        shape.stride = 1 + variant / 3 % 3;
        shape.padding = variant / 9 % 2 * 2;
        shape.dilation = 1 + variant / 18;
        shape.height = shape.reach() + 4;
        shape.width = shape.reach() + 7;
        EXPECT_EQ(IntegerConvolution(shape).wrong(), 0U) << shape.text();
    }
}

TEST(ExactConvolution, FindsAWrongValueOfEachResult) {
    for (Tensor ConvolutionTensors::*const result :
         {&ConvolutionTensors::input, &ConvolutionTensors::weight, &ConvolutionTensors::output}) {
        IntegerConvolution convolution(small_convolution);
        (convolution.found.*result)[1][2][0][1] += 1;
        EXPECT_EQ(convolution.wrong(), 1U);
    }
}

TEST(ExactConvolution, WithoutAnInputGradientComparesTheOthers) {
    IntegerConvolution convolution(small_convolution);
    convolution.found.input = Tensor();
    EXPECT_EQ(convolution.wrong(), 0U);
    convolution.found.weight[0][0][0][0] += 1;
    EXPECT_EQ(convolution.wrong(), 1U);
}

TEST(ExactConvolution, ToleratesFractionsOnlyIfAllowed) {
    const Tensor a = torch::eye(4).to(torch::kInt32);
    Tensor found = torch::eye(4, torch::kFloat64);
    found[1][2] = 0.25;
    EXPECT_EQ(compare_exact_product("product", found, a, a, 9, 1).wrong, 1U);
    EXPECT_EQ(compare_exact_product("product", found, a, a, 9, 1, 0.375).wrong, 0U);
    found[1][2] = 0.5;
    EXPECT_EQ(compare_exact_product("product", found, a, a, 9, 1, 0.375).wrong, 1U);
}

TEST(SparseIntegers, HaveSumsInTheRange) {
    for (const auto type : known_product_types(torch::kCPU)) {
        for (const Convolution& convolution : known_convolutions(roomy)) {
            const SparseIntegers of = sparse_integers(type.exact, convolution);
            const double most = static_cast<double>(type.exact.largest_sum);
            const auto [groups, places, taps, outputs] = convolution.product();
            EXPECT_GE(of.largest, 1);
            EXPECT_LE(of.largest, type.exact.largest_operand);
            const double square = static_cast<double>(of.largest * of.largest);
            const double values = of.density_of_values;
            const bool is_sparse = values < 1 || of.density_of_weights < 1;
            const double allowed = is_sparse ? 0.4 * most : most;
            EXPECT_LE(static_cast<double>(taps) * square * values * of.density_of_weights, allowed);
            EXPECT_LE(static_cast<double>(places) * square * values * values, allowed);
        }
    }
}

TEST(ProductTypes, WithFixedOperandsTakeMultiplesOfSixteen) {
    for (const ProductType& type : known_product_types(torch::kCPU)) {
        const ProductShape shape = type.shape_for({3, 1, 1, 65});
        EXPECT_EQ(shape, type.takes_any_operands ? (ProductShape{3, 1, 1, 65})
                                                 : (ProductShape{1, 32, 16, 80}))
            << type.name;
    }
}

TEST(ProductTypes, OfEveryDeviceHaveProductsOfFloat32) {
    for (const ProductType& type : known_product_types(torch::kCPU)) {
        if (type.name == "float32" || type.name == "float64") {
            EXPECT_NO_THROW(require_products(type, torch::kCPU)) << type.name;
        }
    }
}

// A CPU multiplies float32 in full precision, like a GPU without TF32.
TEST(ProductTypes, Tf32IsOnlyWhereProductsLoseLowBits) {
    for (const ProductType& type : known_product_types(torch::kCUDA)) {
        if (type.name == "TF32") {
            EXPECT_THROW(require_products(type, torch::kCPU), c10::NotImplementedError);
        }
    }
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
