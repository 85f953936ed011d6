// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <array>

#include "onnx/operators/rules.hpp"

namespace trilby::onnx::arithmetic {
namespace {

/// Both operands in the type of the result.
void binary(Call& call, const char* op_type) {
    const DataType type = call.result_type();
    if (type == DataType::boolean) {
        Call::refuse("its result is a boolean");
    }
    call.gives(call.graph.node(op_type, {call.as("self", type), call.as("other", type)}));
}

/// self + alpha * other, or the difference.
void sum(Call& call, const char* op_type) {
    const DataType type = call.result_type();
    if (type == DataType::boolean) {
        Call::refuse("its result is a boolean");
    }
    std::string other = call.as("other", type);
    if (call.number("alpha", 1.0) != 1.0) {
        other = call.graph.node("Mul", {other, call.as("alpha", type)});
    }
    call.gives(call.graph.node(op_type, {call.as("self", type), other}));
}

void add(Call& call) {
    sum(call, "Add");
}

void subtract(Call& call) {
    sum(call, "Sub");
}

/// other - self
void subtract_from(Call& call) {
    if (call.number("alpha", 1.0) != 1.0) {
        Call::refuse("'alpha' is not 1");
    }
    const DataType type = call.result_type();
    call.gives(call.graph.node("Sub", {call.as("other", type), call.as("self", type)}));
}

void multiply(Call& call) {
    binary(call, "Mul");
}

struct Division {
    std::string remainder;
    std::string quotient;  ///< rounded down
};

/// As in Python: the remainder has the sign of the divisor. It comes first, since a quotient may be
/// rounded up to a whole number.
Division divided(Call& call) {
    GraphBuilder& graph = call.graph;
    const DataType type = call.result_type();
    const std::string self = call.as("self", type);
    const std::string other = call.as("other", type);
    if (!is_real(type)) {
        const std::string rest = graph.node("Mod", {self, other});
        return {rest, graph.node("Div", {graph.node("Sub", {self, rest}), other})};
    }
    const std::string zero = graph.scalar(type, 0.0);
    const std::string rest = graph.node("Mod", {self, other}, {{"fmod", std::int64_t{1}}});
    const std::string has_other_sign =
        graph.node("Xor", {graph.node("Less", {rest, zero}), graph.node("Less", {other, zero})});
    const std::string is_wrong =
        graph.node("And", {graph.node("Not", {graph.node("Equal", {rest, zero})}), has_other_sign});
    const std::string fixed =
        graph.node("Where", {is_wrong, graph.node("Add", {rest, other}), rest});
    const std::string whole = graph.node("Div", {graph.node("Sub", {self, fixed}), other});
    return {fixed, graph.node("Round", {whole})};
}

void divide(Call& call) {
    const std::string rounding = call.text("rounding_mode", "");
    if (rounding == "floor") {
        call.gives(divided(call).quotient);
    } else if (rounding.empty()) {
        binary(call, "Div");
    } else {
        Call::refuse("'rounding_mode' is not 'floor'");
    }
}

void floor_divide(Call& call) {
    call.gives(divided(call).quotient);
}

void remainder(Call& call) {
    call.gives(divided(call).remainder);
}

void power(Call& call) {
    const DataType type = call.result_type();
    call.gives(call.graph.node("Pow", {call.as("self", type), call.as("exponent", type)}));
}

void larger(Call& call) {
    binary(call, "Max");
}

void smaller(Call& call) {
    binary(call, "Min");
}

/// self + value * tensor1 * tensor2
void add_product(Call& call) {
    const DataType type = call.result_type();
    std::string product =
        call.graph.node("Mul", {call.as("tensor1", type), call.as("tensor2", type)});
    if (call.number("value", 1.0) != 1.0) {
        product = call.graph.node("Mul", {product, call.as("value", type)});
    }
    call.gives(call.graph.node("Add", {call.as("self", type), product}));
}

/// Two numbers of different types are compared in the one that holds more.
DataType compared_type(Call& call) {
    const DataType self = call.type_of("self");
    if (call.is_tensor("other")) {
        const DataType other = call.type_of("other");
        if (self == DataType::float64 || other == DataType::float64) {
            return DataType::float64;
        }
        return is_real(self) || self == other ? self : is_real(other) ? other : DataType::int64;
    }
    const bool is_whole = is_whole_number(call.number("other", 0.0));
    return is_real(self) ? self : is_whole ? DataType::int64 : DataType::float64;
}

std::string comparison(Call& call, const char* op_type) {
    const DataType type = compared_type(call);
    return call.graph.node(op_type, {call.as("self", type), call.as("other", type)});
}

void equal(Call& call) {
    call.gives(comparison(call, "Equal"));
}
void not_equal(Call& call) {
    call.gives(call.graph.node("Not", {comparison(call, "Equal")}));
}
void less(Call& call) {
    call.gives(comparison(call, "Less"));
}
void less_equal(Call& call) {
    call.gives(comparison(call, "LessOrEqual"));
}
void greater(Call& call) {
    call.gives(comparison(call, "Greater"));
}
void greater_equal(Call& call) {
    call.gives(comparison(call, "GreaterOrEqual"));
}

void logical(Call& call, const char* op_type) {
    constexpr DataType type = DataType::boolean;
    call.gives(call.graph.node(op_type, {call.as("self", type), call.as("other", type)}));
}
void logical_and(Call& call) {
    logical(call, "And");
}
void logical_or(Call& call) {
    logical(call, "Or");
}
void logical_xor(Call& call) {
    logical(call, "Xor");
}
void logical_not(Call& call) {
    call.gives(call.graph.node("Not", {call.as("self", DataType::boolean)}));
}

/// For booleans only: ONNX has no other bitwise operators in the opset.
template <Rule rule>
void on_booleans(Call& call) {
    if (call.type_of("self") != DataType::boolean || call.result_type() != DataType::boolean) {
        Call::refuse("its bits are not those of a boolean");
    }
    rule(call);
}

void unary(Call& call, const char* op_type) {
    call.gives(call.graph.node(op_type, {call.as("self", call.result_type())}));
}
void absolute(Call& call) {
    unary(call, "Abs");
}
void negate(Call& call) {
    unary(call, "Neg");
}
void exponential(Call& call) {
    unary(call, "Exp");
}
void logarithm(Call& call) {
    unary(call, "Log");
}
void square_root(Call& call) {
    unary(call, "Sqrt");
}
void reciprocal(Call& call) {
    unary(call, "Reciprocal");
}
void sine(Call& call) {
    unary(call, "Sin");
}
void cosine(Call& call) {
    unary(call, "Cos");
}
void error_function(Call& call) {
    unary(call, "Erf");
}
void round_down(Call& call) {
    unary(call, "Floor");
}
void round_up(Call& call) {
    unary(call, "Ceil");
}
void round_to_even(Call& call) {
    if (call.integer("decimals", 0) != 0) {
        Call::refuse("it rounds to decimals");
    }
    unary(call, "Round");
}
void sign(Call& call) {
    unary(call, "Sign");
}

void reciprocal_root(Call& call) {
    const std::string root = call.graph.node("Sqrt", {call.as("self", call.result_type())});
    call.gives(call.graph.node("Reciprocal", {root}));
}

void square(Call& call) {
    const std::string x = call.as("self", call.result_type());
    call.gives(call.graph.node("Mul", {x, x}));
}

void log_of_one_more(Call& call) {
    const DataType type = call.result_type();
    const std::string more =
        call.graph.node("Add", {call.as("self", type), call.graph.scalar(type, 1.0)});
    call.gives(call.graph.node("Log", {more}));
}

void exponential_less_one(Call& call) {
    const DataType type = call.result_type();
    const std::string power = call.graph.node("Exp", {call.as("self", type)});
    call.gives(call.graph.node("Sub", {power, call.graph.scalar(type, 1.0)}));
}

/// Limits that are not given stay open.
void clamp(Call& call) {
    const DataType type = call.result_type();
    std::string value = call.as("self", type);
    if (call.has("min")) {
        value = call.graph.node("Max", {value, call.as("min", type)});
    }
    if (call.has("max")) {
        value = call.graph.node("Min", {value, call.as("max", type)});
    }
    call.gives(value);
}

constexpr std::array all{
    OperatorRule{"add", add},
    OperatorRule{"sub", subtract},
    OperatorRule{"subtract", subtract},
    OperatorRule{"rsub", subtract_from},
    OperatorRule{"mul", multiply},
    OperatorRule{"multiply", multiply},
    OperatorRule{"div", divide},
    OperatorRule{"divide", divide},
    OperatorRule{"true_divide", divide},
    OperatorRule{"floor_divide", floor_divide},
    OperatorRule{"remainder", remainder},
    OperatorRule{"pow", power},
    OperatorRule{"maximum", larger},
    OperatorRule{"minimum", smaller},
    OperatorRule{"addcmul", add_product},
    OperatorRule{"eq", equal},
    OperatorRule{"ne", not_equal},
    OperatorRule{"lt", less},
    OperatorRule{"le", less_equal},
    OperatorRule{"gt", greater},
    OperatorRule{"ge", greater_equal},
    OperatorRule{"logical_and", logical_and},
    OperatorRule{"logical_or", logical_or},
    OperatorRule{"logical_xor", logical_xor},
    OperatorRule{"logical_not", logical_not},
    OperatorRule{"__and__", on_booleans<logical_and>},
    OperatorRule{"bitwise_and", on_booleans<logical_and>},
    OperatorRule{"__or__", on_booleans<logical_or>},
    OperatorRule{"bitwise_or", on_booleans<logical_or>},
    OperatorRule{"__xor__", on_booleans<logical_xor>},
    OperatorRule{"bitwise_xor", on_booleans<logical_xor>},
    OperatorRule{"bitwise_not", on_booleans<logical_not>},
    OperatorRule{"abs", absolute},
    OperatorRule{"neg", negate},
    OperatorRule{"exp", exponential},
    OperatorRule{"log", logarithm},
    OperatorRule{"sqrt", square_root},
    OperatorRule{"rsqrt", reciprocal_root},
    OperatorRule{"reciprocal", reciprocal},
    OperatorRule{"sin", sine},
    OperatorRule{"cos", cosine},
    OperatorRule{"erf", error_function},
    OperatorRule{"floor", round_down},
    OperatorRule{"ceil", round_up},
    OperatorRule{"round", round_to_even},
    OperatorRule{"sign", sign},
    OperatorRule{"square", square},
    OperatorRule{"log1p", log_of_one_more},
    OperatorRule{"expm1", exponential_less_one},
    OperatorRule{"clamp", clamp},
    OperatorRule{"clip", clamp},
    OperatorRule{"clamp_min", clamp},
    OperatorRule{"clamp_max", clamp},
};

}  // namespace

std::span<const OperatorRule> rules() {
    return all;
}

}  // namespace trilby::onnx::arithmetic
