// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/number_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <stdexcept>

namespace trilby::backends {
namespace {

using c10::IValue;
using Numbers = std::vector<IValue>;

double as_double(const IValue& number) {
    return number.toScalar().to<double>();
}

bool are_integers(const Numbers& numbers) {
    return std::ranges::none_of(numbers, [](const IValue& number) { return number.isDouble(); });
}

std::int64_t as_integer(const IValue& number) {
    return number.toScalar().to<std::int64_t>();
}

[[noreturn]] void overflow() {
    throw std::domain_error("a size in the model is too large");
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_add_overflow(a, b, &result) ? (overflow(), 0) : result;
}
std::int64_t difference(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_sub_overflow(a, b, &result) ? (overflow(), 0) : result;
}
std::int64_t product(std::int64_t a, std::int64_t b) {
    std::int64_t result = 0;
    return __builtin_mul_overflow(a, b, &result) ? (overflow(), 0) : result;
}

void require_divisor(bool is_zero) {
    if (is_zero) {
        throw std::domain_error("the model divides a size by zero");
    }
}

/// Rounds down, as Python.
std::int64_t floor_quotient(std::int64_t a, std::int64_t b) {
    require_divisor(b == 0);
    if (b == -1) {
        return difference(0, a);
    }
    return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}
std::int64_t floor_remainder(std::int64_t a, std::int64_t b) {
    require_divisor(b == 0);
    if (b == -1) {
        return 0;
    }
    const std::int64_t rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

template <auto on_integers, auto on_doubles>
IValue arithmetic(const Numbers& x) {
    return are_integers(x) ? IValue(on_integers(as_integer(x[0]), as_integer(x[1])))
                           : IValue(on_doubles(as_double(x[0]), as_double(x[1])));
}

IValue add(const Numbers& x) {
    return arithmetic<sum, [](double a, double b) { return a + b; }>(x);
}
IValue subtract(const Numbers& x) {
    return arithmetic<difference, [](double a, double b) { return a - b; }>(x);
}
IValue multiply(const Numbers& x) {
    return arithmetic<product, [](double a, double b) { return a * b; }>(x);
}
IValue floor_divide(const Numbers& x) {
    return arithmetic<floor_quotient, [](double a, double b) {
        require_divisor(b == 0.0);
        return std::floor(a / b);
    }>(x);
}
IValue remainder(const Numbers& x) {
    return arithmetic<floor_remainder, [](double a, double b) {
        require_divisor(b == 0.0);
        return a - b * std::floor(a / b);
    }>(x);
}
IValue divide(const Numbers& x) {
    require_divisor(as_double(x[1]) == 0.0);
    return as_double(x[0]) / as_double(x[1]);
}
IValue smaller(const Numbers& x) {
    return as_double(x[1]) < as_double(x[0]) ? x[1] : x[0];
}
IValue larger(const Numbers& x) {
    return as_double(x[1]) > as_double(x[0]) ? x[1] : x[0];
}
IValue negate(const Numbers& x) {
    return are_integers(x) ? IValue(difference(0, as_integer(x[0]))) : IValue(-as_double(x[0]));
}
IValue to_double(const Numbers& x) {
    return as_double(x[0]);
}
IValue to_integer(const Numbers& x) {
    return as_integer(x[0]);
}
IValue logical_not(const Numbers& x) {
    return as_double(x[0]) == 0.0;
}
IValue logical_and(const Numbers& x) {
    return as_double(x[0]) != 0.0 && as_double(x[1]) != 0.0;
}
IValue logical_or(const Numbers& x) {
    return as_double(x[0]) != 0.0 || as_double(x[1]) != 0.0;
}

// Older versions of LibTorch do not have these as operators.
IValue size(const Numbers& x) {
    return x[0].toTensor().size(x[1].toInt());
}
IValue stride(const Numbers& x) {
    return x[0].toTensor().stride(x[1].toInt());
}
IValue element_count(const Numbers& x) {
    return x[0].toTensor().numel();
}

template <class Comparison>
IValue compare(const Numbers& x) {
    return Comparison()(as_double(x[0]), as_double(x[1]));
}

struct Named {
    std::string_view target;
    NumberFunctionFacts facts;
};
constexpr std::array functions{
    Named{"torch.ops.aten.sym_size.int", {2, size}},
    Named{"torch.ops.aten.sym_stride.int", {2, stride}},
    Named{"torch.ops.aten.sym_numel.default", {1, element_count}},
    Named{"_operator.add", {2, add}},
    Named{"_operator.sub", {2, subtract}},
    Named{"_operator.mul", {2, multiply}},
    Named{"_operator.floordiv", {2, floor_divide}},
    Named{"_operator.mod", {2, remainder}},
    Named{"_operator.truediv", {2, divide}},
    Named{"_operator.neg", {1, negate}},
    Named{"_operator.eq", {2, compare<std::equal_to<>>}},
    Named{"_operator.ne", {2, compare<std::not_equal_to<>>}},
    Named{"_operator.lt", {2, compare<std::less<>>}},
    Named{"_operator.le", {2, compare<std::less_equal<>>}},
    Named{"_operator.gt", {2, compare<std::greater<>>}},
    Named{"_operator.ge", {2, compare<std::greater_equal<>>}},
    Named{"_operator.and_", {2, logical_and}},
    Named{"_operator.or_", {2, logical_or}},
    Named{"torch.sym_not", {1, logical_not}},
    Named{"torch.sym_min", {2, smaller}},
    Named{"torch.sym_max", {2, larger}},
    Named{"torch.sym_float", {1, to_double}},
    Named{"torch.sym_int", {1, to_integer}},
    Named{"math.trunc", {1, to_integer}},
};

}  // namespace

NumberFunctionFacts number_function(std::string_view target) {
    const auto* const found = std::ranges::find(functions, target, &Named::target);
    return found == functions.end() ? NumberFunctionFacts{} : found->facts;
}

}  // namespace trilby::backends
