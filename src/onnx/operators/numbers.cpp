// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Sizes, and what a model computes of them. What does not depend on the batch is a number already.

#include <algorithm>
#include <array>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::numbers {
namespace {

void size(Call& call) {
    const std::int64_t axis = call.axis("dim", "self");
    const auto& sizes = call.meta("self").sizes;
    if (static_cast<std::size_t>(axis) < sizes.size() &&
        sizes[static_cast<std::size_t>(axis)].number) {
        call.gives_number(*sizes[static_cast<std::size_t>(axis)].number);
        return;
    }
    call.gives_number(call.graph.node(
        "Gather", {call.shape_of(call.tensor("self")), call.graph.integers({axis})}));
}

void element_count(Call& call) {
    const std::string count = call.graph.node("Size", {call.tensor("self")});
    call.gives_number(call.graph.node("Reshape", {count, call.graph.integers({1})}));
}

std::string as_tensor(Call& call, const Number& number) {
    const auto* known = std::get_if<std::int64_t>(&number);
    return known != nullptr ? call.graph.integers({*known}) : std::get<std::string>(number);
}

/// False if it would overflow.
using Known = bool (*)(std::int64_t a, std::int64_t b, std::int64_t& result);

void arithmetic(Call& call, const char* op_type, Known known) {
    const std::vector<Number> numbers = call.positional_numbers();
    if (numbers.size() != 2) {
        Call::refuse("it has not two arguments");
    }
    const auto* a = std::get_if<std::int64_t>(&numbers[0]);
    const auto* b = std::get_if<std::int64_t>(&numbers[1]);
    if (a == nullptr || b == nullptr) {
        call.gives_number(
            call.graph.node(op_type, {as_tensor(call, numbers[0]), as_tensor(call, numbers[1])}));
        return;
    }
    std::int64_t result = 0;
    if (!known(*a, *b, result)) {
        Call::refuse("a size is too large");
    }
    call.gives_number(result);
}

void add(Call& call) {
    arithmetic(call, "Add", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        return !__builtin_add_overflow(a, b, &result);
    });
}
void subtract(Call& call) {
    arithmetic(call, "Sub", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        return !__builtin_sub_overflow(a, b, &result);
    });
}
void multiply(Call& call) {
    arithmetic(call, "Mul", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        return !__builtin_mul_overflow(a, b, &result);
    });
}
/// ONNX rounds towards zero, and a size may be subtracted from another one.
void floor_divide(Call& call) {
    const std::vector<Number> numbers = call.positional_numbers();
    const bool is_computed = std::ranges::any_of(
        numbers, [](const Number& number) { return std::holds_alternative<std::string>(number); });
    if (is_computed && numbers.size() == 2) {
        const std::string a = as_tensor(call, numbers[0]);
        const std::string b = as_tensor(call, numbers[1]);
        const std::string rest = call.graph.node("Mod", {a, b});
        call.gives_number(call.graph.node("Div", {call.graph.node("Sub", {a, rest}), b}));
        return;
    }
    arithmetic(call, "Div", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        const bool is_defined = a >= 0 && b > 0;
        result = is_defined ? a / b : 0;
        return is_defined;
    });
}
void remainder(Call& call) {
    arithmetic(call, "Mod", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        const bool is_defined = a >= 0 && b > 0;
        result = is_defined ? a % b : 0;
        return is_defined;
    });
}
void larger(Call& call) {
    arithmetic(call, "Max", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        result = std::max(a, b);
        return true;
    });
}
void smaller(Call& call) {
    arithmetic(call, "Min", [](std::int64_t a, std::int64_t b, std::int64_t& result) {
        result = std::min(a, b);
        return true;
    });
}

constexpr std::array all{
    OperatorRule{"sym_size", size},           OperatorRule{"sym_numel", element_count},
    OperatorRule{"_operator.add", add},       OperatorRule{"_operator.sub", subtract},
    OperatorRule{"_operator.mul", multiply},  OperatorRule{"_operator.floordiv", floor_divide},
    OperatorRule{"_operator.mod", remainder}, OperatorRule{"torch.sym_max", larger},
    OperatorRule{"torch.sym_min", smaller},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::numbers
