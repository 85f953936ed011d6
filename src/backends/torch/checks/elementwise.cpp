// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <type_traits>

#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// An operation that IEEE 754 requires to be correctly rounded, so that every bit is known.
struct ExactOperation {
    const char* name;
    Tensor (*on_device)(const Tensor&, const Tensor&);
    float (*in_float)(float, float);
    double (*in_double)(double, double);
};

/// The maximum of IEEE 754-2019: NaN if either value is NaN.
template <class Scalar>
Scalar larger(Scalar a, Scalar b) {
    return std::isnan(a) || a > b ? a : b;
}

constexpr std::array exact_operations{
    ExactOperation{"add", [](const Tensor& a, const Tensor& b) { return a + b; },
                   [](float a, float b) { return a + b; },
                   [](double a, double b) { return a + b; }},
    ExactOperation{"subtract", [](const Tensor& a, const Tensor& b) { return a - b; },
                   [](float a, float b) { return a - b; },
                   [](double a, double b) { return a - b; }},
    ExactOperation{"multiply", [](const Tensor& a, const Tensor& b) { return a * b; },
                   [](float a, float b) { return a * b; },
                   [](double a, double b) { return a * b; }},
    ExactOperation{"divide", [](const Tensor& a, const Tensor& b) { return a / b; },
                   [](float a, float b) { return a / b; },
                   [](double a, double b) { return a / b; }},
    ExactOperation{"square root",
                   [](const Tensor& a, const Tensor& /*b*/) { return a.abs().sqrt(); },
                   [](float a, float /*b*/) { return std::sqrt(std::abs(a)); },
                   [](double a, double /*b*/) { return std::sqrt(std::abs(a)); }},
    ExactOperation{"maximum", [](const Tensor& a, const Tensor& b) { return torch::maximum(a, b); },
                   larger<float>, larger<double>}};

/// A function that libraries approximate to a few units in the last place.
struct Function {
    const char* name;
    Tensor (*on_device)(const Tensor&);
    Wide (*in_wide)(Wide);
    double low;
    double high;
    /// The absolute error of LibTorch's vector code for single precision.
    double single_error = 0;
};

constexpr std::array functions{
    Function{"exp", torch::exp, [](Wide x) { return std::exp(x); }, -9, 9},
    Function{"log", torch::log, [](Wide x) { return std::log(x); }, 0.01, 100},
    Function{"sin", torch::sin, [](Wide x) { return std::sin(x); }, -30, 30},
    Function{"cos", torch::cos, [](Wide x) { return std::cos(x); }, -30, 30},
    Function{"tanh", torch::tanh, [](Wide x) { return std::tanh(x); }, -4, 4},
    Function{"sigmoid", torch::sigmoid, [](Wide x) { return 1 / (1 + std::exp(-x)); }, -9, 9},
    Function{"erf", torch::erf, [](Wide x) { return std::erf(x); }, -3, 3, 5e-7},
    Function{"rsqrt", torch::rsqrt, [](Wide x) { return 1 / std::sqrt(x); }, 0.01, 100}};

// Vendors document at most 4 units in the last place for these functions in single precision.
constexpr double function_roundings = 8;

template <class Scalar>
Tensor in_scalar_code(const Tensor& a, const Tensor& b, Scalar (*operation)(Scalar, Scalar)) {
    constexpr auto type = std::is_same_v<Scalar, float> ? torch::kFloat32 : torch::kFloat64;
    const Tensor left = a.to(type);
    const Tensor right = b.to(type);
    Tensor out = torch::empty(a.sizes(), type);
    for (std::int64_t i = 0; i < a.numel(); ++i) {
        out.data_ptr<Scalar>()[i] =
            operation(left.data_ptr<Scalar>()[i], right.data_ptr<Scalar>()[i]);
    }
    return out;
}

/// Computes in the type itself; for smaller types in float32, rounded once more, which is the same.
Tensor exactly(const ExactOperation& operation, const Tensor& a, const Tensor& b) {
    return a.scalar_type() == torch::kFloat64
               ? in_scalar_code<double>(a, b, operation.in_double)
               : in_scalar_code<float>(a, b, operation.in_float).to(a.scalar_type());
}

/// All pairs of values to which special rules apply.
std::pair<Tensor, Tensor> special_pairs(torch::ScalarType type) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const Tensor values = torch::tensor({0.0, -0.0, 1.0, -1.0, 1.5, infinity, -infinity,
                                         std::numeric_limits<double>::quiet_NaN()},
                                        torch::kFloat64)
                              .to(type);
    const auto grid = torch::meshgrid({values, values}, "ij");
    return {grid[0].reshape(-1), grid[1].reshape(-1)};
}

void check_exact(CheckRun& run, torch::ScalarType type) {
    const std::int64_t count = run.between(1000, 5000);
    const Tensor a = run.reals({count}, type, -8, 8);
    const Tensor b = run.reals({count}, type, 0.1, 8);
    const auto [special_a, special_b] = special_pairs(type);
    for (const ExactOperation& operation : exact_operations) {
        const std::string what = fmt::format("{} {}", operation.name, type_name(type));
        const auto compute = [&](const Tensor& left, const Tensor& right) {
            return run.compute(what, [&, x = run.on_device(left), y = run.on_device(right)] {
                return operation.on_device(x, y);
            });
        };
        run.where_supported(what, [&] {
            run.expect_same(what, compute(a, b), exactly(operation, a, b));
            // A NaN may have any sign and payload, so these are compared as numbers.
            run.expect_close(what + ", special values", compute(special_a, special_b),
                             exactly(operation, special_a, special_b).to(torch::kFloat64),
                             torch::zeros({}, torch::kFloat64));
        });
    }
}

void check_functions(CheckRun& run, torch::ScalarType type) {
    const std::int64_t count = run.between(500, 2000);
    for (const Function& function : functions) {
        const Tensor x = run.reals({count}, type, function.low, function.high);
        const std::string what = fmt::format("{} {}", function.name, type_name(type));
        run.where_supported(what, [&] {
            const Tensor found = run.compute(
                what, [&, input = run.on_device(x)] { return function.on_device(input); });
            std::vector<Wide> values = values_of(x);
            std::ranges::transform(values, values.begin(), function.in_wide);
            const Tensor expected = tensor_of(values, x.sizes());
            const double absolute = type == torch::kFloat64 ? 0 : function.single_error;
            run.expect_close(what, found, expected,
                             expected.abs() * (function_roundings * roundoff_of(type)) + absolute);
        });
    }
}

template <class Integer>
void check_integers(CheckRun& run, torch::ScalarType type) {
    using Unsigned = std::make_unsigned_t<Integer>;
    const std::int64_t count = run.between(1000, 5000);
    const Tensor a = run.integers({count}, type, -1'000'000'000, 1'000'000'000);
    const Tensor b = run.integers({count}, type, -1'000'000'000, 1'000'000'000);
    const Tensor x = run.on_device(a);
    const Tensor y = run.on_device(b);
    Tensor expected = torch::empty_like(a);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto left = static_cast<Unsigned>(a.data_ptr<Integer>()[i]);
        const auto right = static_cast<Unsigned>(b.data_ptr<Integer>()[i]);
        expected.data_ptr<Integer>()[i] =
            static_cast<Integer>(((left * right + left) ^ right) & ~(left - right));
    }
    const std::string what = "integer arithmetic " + type_name(type);
    const Tensor found = run.compute(
        what, [&] { return (x * y + x).bitwise_xor(y).bitwise_and((x - y).bitwise_not()); });
    run.expect_same(what, found, expected);
}

/// Conversions round to the nearest, ties to even, and truncate to integers.
void check_conversions(CheckRun& run) {
    const Tensor wide = run.reals({4000}, torch::kFloat64, -1000, 1000);
    const Tensor x = run.on_device(wide);
    Tensor singles = torch::empty(wide.sizes(), torch::kFloat32);
    Tensor whole = torch::empty(wide.sizes(), torch::kInt32);
    for (std::int64_t i = 0; i < wide.numel(); ++i) {
        singles.data_ptr<float>()[i] = static_cast<float>(wide.data_ptr<double>()[i]);
        whole.data_ptr<std::int32_t>()[i] = static_cast<std::int32_t>(wide.data_ptr<double>()[i]);
    }
    run.expect_same("convert to float32",
                    run.compute("convert to float32", [&] { return x.to(torch::kFloat32); }),
                    singles);
    run.expect_same("convert to int32",
                    run.compute("convert to int32", [&] { return x.to(torch::kInt32); }), whole);
}

}  // namespace

void checks::elementwise(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : real_types()) {
            check_exact(run, type);
            check_functions(run, type);
        }
        check_integers<std::int32_t>(run, torch::kInt32);
        check_integers<std::int64_t>(run, torch::kInt64);
        check_conversions(run);
    }
}

}  // namespace trilby::backends
