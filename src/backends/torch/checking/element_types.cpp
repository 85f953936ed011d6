// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/element_types.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

struct TypeInfo {
    torch::ScalarType type;
    std::string_view name;
    int mantissa_bits;
    int least_exponent;  ///< of numbers with all digits
};

constexpr std::array types{TypeInfo{torch::kFloat64, "float64", 52, -1022},
                           TypeInfo{torch::kFloat32, "float32", 23, -126},
                           TypeInfo{torch::kFloat16, "float16", 10, -14},
                           TypeInfo{torch::kBFloat16, "bfloat16", 7, -126},
                           TypeInfo{torch::kInt64, "int64", 0, 0},
                           TypeInfo{torch::kInt32, "int32", 0, 0},
                           TypeInfo{torch::kInt16, "int16", 0, 0},
                           TypeInfo{torch::kInt8, "int8", 0, 0},
                           TypeInfo{torch::kUInt8, "uint8", 0, 0},
                           TypeInfo{torch::kBool, "bool", 0, 0}};

const TypeInfo& info_of(torch::ScalarType type) {
    const auto* const found = std::ranges::find(types, type, &TypeInfo::type);
    if (found == types.end()) {
        throw std::logic_error("no check uses this element type");
    }
    return *found;
}

}  // namespace

const std::vector<torch::ScalarType>& real_types() {
    static const std::vector<torch::ScalarType> reals{torch::kFloat64, torch::kFloat32,
                                                      torch::kFloat16, torch::kBFloat16};
    return reals;
}

std::string type_name(torch::ScalarType type) {
    return std::string(info_of(type).name);
}

std::string_view any_type_name(torch::ScalarType type) {
    const auto* const found = std::ranges::find(types, type, &TypeInfo::type);
    return found == types.end() ? c10::toString(type) : found->name;
}

double roundoff_of(torch::ScalarType type) {
    return validate::unit_roundoff(info_of(type).mantissa_bits);
}

double smallest_normal_of(torch::ScalarType type) {
    return std::ldexp(1.0, info_of(type).least_exponent);
}

torch::ScalarType bits_of(torch::ScalarType type) {
    switch (c10::elementSize(type)) {
        case 8:
            return torch::kInt64;
        case 4:
            return torch::kInt32;
        case 2:
            return torch::kInt16;
        default:
            return torch::kUInt8;
    }
}

validate::ElementLayout layout_of(torch::ScalarType type) {
    return {.size_bytes = c10::elementSize(type), .mantissa_bits = info_of(type).mantissa_bits};
}

}  // namespace trilby::backends
