// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/storage_type.hpp"

#include <algorithm>
#include <array>

namespace trilby::tensors {
namespace {

struct StorageType {
    std::string_view dtype;
    std::string_view name;
};
constexpr std::array storage_types{
    StorageType{"BOOL", "BoolStorage"},        StorageType{"U8", "ByteStorage"},
    StorageType{"I8", "CharStorage"},          StorageType{"I16", "ShortStorage"},
    StorageType{"I32", "IntStorage"},          StorageType{"I64", "LongStorage"},
    StorageType{"F16", "HalfStorage"},         StorageType{"BF16", "BFloat16Storage"},
    StorageType{"F32", "FloatStorage"},        StorageType{"F64", "DoubleStorage"},
    StorageType{"C64", "ComplexFloatStorage"},
};

}  // namespace

std::string_view dtype_of_storage(std::string_view name) {
    constexpr std::string_view module = "torch.";
    if (!name.starts_with(module)) {
        return {};
    }
    const auto* const type =
        std::ranges::find(storage_types, name.substr(module.size()), &StorageType::name);
    return type == storage_types.end() ? std::string_view() : type->dtype;
}

std::string_view storage_of_dtype(std::string_view dtype) {
    const auto* const type = std::ranges::find(storage_types, dtype, &StorageType::dtype);
    return type == storage_types.end() ? std::string_view() : type->name;
}

}  // namespace trilby::tensors
