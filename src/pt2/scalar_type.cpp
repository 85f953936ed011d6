// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <string_view>

#include "pt2/program.hpp"

namespace trilby::pt2 {
namespace {

struct TypeFacts {
    ScalarType type;
    std::int64_t bytes;
    std::string_view name;  ///< that of safetensors
};

constexpr std::array type_facts{
    TypeFacts{ScalarType::byte, 1, "U8"},
    TypeFacts{ScalarType::signed_char, 1, "I8"},
    TypeFacts{ScalarType::short_integer, 2, "I16"},
    TypeFacts{ScalarType::integer, 4, "I32"},
    TypeFacts{ScalarType::long_integer, 8, "I64"},
    TypeFacts{ScalarType::half, 2, "F16"},
    TypeFacts{ScalarType::single, 4, "F32"},
    TypeFacts{ScalarType::double_precision, 8, "F64"},
    TypeFacts{ScalarType::complex_half, 4, "C32"},
    TypeFacts{ScalarType::complex_single, 8, "C64"},
    TypeFacts{ScalarType::complex_double, 16, "C128"},
    TypeFacts{ScalarType::boolean, 1, "BOOL"},
    TypeFacts{ScalarType::bfloat16, 2, "BF16"},
    TypeFacts{ScalarType::uint16, 2, "U16"},
    TypeFacts{ScalarType::float8_e4m3fn, 1, "F8_E4M3"},
    TypeFacts{ScalarType::float8_e5m2, 1, "F8_E5M2"},
    TypeFacts{ScalarType::float8_e4m3fnuz, 1, "F8_E4M3FNUZ"},
    TypeFacts{ScalarType::float8_e5m2fnuz, 1, "F8_E5M2FNUZ"},
    TypeFacts{ScalarType::float8_e8m0fnu, 1, "F8_E8M0"},
    TypeFacts{ScalarType::uint32, 4, "U32"},
    TypeFacts{ScalarType::uint64, 8, "U64"},
};

const TypeFacts& facts_of(ScalarType type) {
    return *std::ranges::find(type_facts, type, &TypeFacts::type);
}

}  // namespace

std::string_view name_of(ScalarType type) {
    return facts_of(type).name;
}

std::int64_t bytes_of(ScalarType type) {
    return facts_of(type).bytes;
}

}  // namespace trilby::pt2
