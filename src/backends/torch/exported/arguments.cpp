// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/arguments.hpp"

#include <ATen/ScalarOps.h>
#include <utility>
#include <variant>

namespace trilby::backends {
namespace {

using c10::IValue;
using c10::TypeKind;
using pt2::Absent;
using pt2::Argument;

/// A number that decides no type of a result, as Python's numbers.
IValue wrapped(const c10::Scalar& number) {
    at::Tensor tensor = c10::scalar_to_tensor(number);
    tensor.unsafeGetTensorImpl()->set_wrapped_number(true);
    return tensor;
}

std::int64_t code_of(pt2::MemoryFormat format) {
    switch (format) {
        case pt2::MemoryFormat::contiguous:
            return static_cast<std::int64_t>(c10::MemoryFormat::Contiguous);
        case pt2::MemoryFormat::channels_last:
            return static_cast<std::int64_t>(c10::MemoryFormat::ChannelsLast);
        case pt2::MemoryFormat::channels_last_3d:
            return static_cast<std::int64_t>(c10::MemoryFormat::ChannelsLast3d);
        case pt2::MemoryFormat::preserve:
            break;
    }
    return static_cast<std::int64_t>(c10::MemoryFormat::Preserve);
}

/// Types, layouts and memory formats are integers to an operator.
std::optional<std::int64_t> integer_of(const Argument& argument) {
    if (const auto* number = std::get_if<std::int64_t>(&argument.content)) {
        return *number;
    }
    if (const auto* flag = std::get_if<bool>(&argument.content)) {
        return *flag ? 1 : 0;
    }
    if (const auto* format = std::get_if<pt2::MemoryFormat>(&argument.content)) {
        return code_of(*format);
    }
    if (const auto* layout = std::get_if<pt2::Layout>(&argument.content)) {
        return layout->is_strided ? std::optional(static_cast<std::int64_t>(c10::Layout::Strided))
                                  : std::nullopt;
    }
    if (const auto* type = std::get_if<pt2::ScalarType>(&argument.content)) {
        const auto known = scalar_type_of(*type);
        return known ? std::optional(static_cast<std::int64_t>(*known)) : std::nullopt;
    }
    return std::nullopt;
}

std::optional<double> number_of(const Argument& argument) {
    if (const auto* number = std::get_if<double>(&argument.content)) {
        return *number;
    }
    const auto* integer = std::get_if<std::int64_t>(&argument.content);
    return integer == nullptr ? std::nullopt : std::optional(static_cast<double>(*integer));
}

std::optional<c10::Scalar> scalar_of(const Argument& argument) {
    if (const auto* complex = std::get_if<pt2::Complex>(&argument.content)) {
        return c10::Scalar(c10::complex<double>(complex->real, complex->imaginary));
    }
    if (const auto* flag = std::get_if<bool>(&argument.content)) {
        return c10::Scalar(*flag);
    }
    if (const auto* integer = std::get_if<std::int64_t>(&argument.content)) {
        return c10::Scalar(*integer);
    }
    const auto number = number_of(argument);
    return number ? std::optional(c10::Scalar(*number)) : std::nullopt;
}

template <class T>
std::optional<IValue> as_value(const std::optional<T>& content) {
    return content ? std::optional(IValue(*content)) : std::nullopt;
}

/// A single number stands for all elements of a list, as in kernel_size = 3.
std::optional<IValue> constant_list(const Argument& argument, const c10::TypePtr& type) {
    const c10::TypePtr& element_type = type->expectRef<c10::ListType>().getElementType();
    const auto* elements = std::get_if<pt2::Arguments>(&argument.content);
    std::vector<IValue> values;
    if (elements == nullptr) {
        auto value = constant_of(argument, element_type);
        return value && !value->isTensor() ? std::optional(list_of({std::move(*value)}, type))
                                           : std::nullopt;
    }
    for (const Argument& element : *elements) {
        auto value = constant_of(element, element_type);
        if (!value) {
            return std::nullopt;
        }
        values.push_back(std::move(*value));
    }
    return list_of(std::move(values), type);
}

}  // namespace

std::optional<c10::ScalarType> scalar_type_of(pt2::ScalarType type) {
    switch (type) {
        case pt2::ScalarType::byte:
            return c10::ScalarType::Byte;
        case pt2::ScalarType::signed_char:
            return c10::ScalarType::Char;
        case pt2::ScalarType::short_integer:
            return c10::ScalarType::Short;
        case pt2::ScalarType::integer:
            return c10::ScalarType::Int;
        case pt2::ScalarType::long_integer:
            return c10::ScalarType::Long;
        case pt2::ScalarType::half:
            return c10::ScalarType::Half;
        case pt2::ScalarType::single:
            return c10::ScalarType::Float;
        case pt2::ScalarType::double_precision:
            return c10::ScalarType::Double;
        case pt2::ScalarType::complex_half:
            return c10::ScalarType::ComplexHalf;
        case pt2::ScalarType::complex_single:
            return c10::ScalarType::ComplexFloat;
        case pt2::ScalarType::complex_double:
            return c10::ScalarType::ComplexDouble;
        case pt2::ScalarType::boolean:
            return c10::ScalarType::Bool;
        case pt2::ScalarType::bfloat16:
            return c10::ScalarType::BFloat16;
        default:
            return std::nullopt;
    }
}

std::optional<pt2::ScalarType> exported_type_of(c10::ScalarType type) {
    for (auto number = static_cast<int>(pt2::ScalarType::byte);
         number <= static_cast<int>(pt2::ScalarType::bfloat16); ++number) {
        const auto exported = static_cast<pt2::ScalarType>(number);
        if (scalar_type_of(exported) == type) {
            return exported;
        }
    }
    return std::nullopt;
}

std::optional<IValue> constant_of(const Argument& argument, const c10::TypePtr& type) {
    switch (type->kind()) {
        case TypeKind::OptionalType:
            return std::holds_alternative<Absent>(argument.content)
                       ? std::optional(IValue())
                       : constant_of(argument,
                                     type->expectRef<c10::OptionalType>().getElementType());
        case TypeKind::ListType:
            return constant_list(argument, type);
        case TypeKind::IntType:
            return as_value(integer_of(argument));
        case TypeKind::BoolType: {
            const auto* flag = std::get_if<bool>(&argument.content);
            return flag == nullptr ? std::nullopt : std::optional(IValue(*flag));
        }
        case TypeKind::FloatType:
            return as_value(number_of(argument));
        case TypeKind::NumberType:
            return as_value(scalar_of(argument));
        case TypeKind::StringType: {
            const auto* text = std::get_if<std::string>(&argument.content);
            return text == nullptr ? std::nullopt : std::optional(IValue(*text));
        }
        case TypeKind::TensorType: {
            const auto number = scalar_of(argument);
            return number ? std::optional(wrapped(*number)) : std::nullopt;
        }
        default:
            return std::nullopt;
    }
}

IValue adapted(IValue value, const c10::TypePtr& type) {
    const TypeKind kind = type->kind();
    if (kind == TypeKind::OptionalType) {
        return value.isNone() ? value
                              : adapted(std::move(value),
                                        type->expectRef<c10::OptionalType>().getElementType());
    }
    if (kind == TypeKind::TensorType && value.isScalar()) {
        return wrapped(value.toScalar());
    }
    if (kind == TypeKind::FloatType && value.isInt()) {
        return static_cast<double>(value.toInt());
    }
    return value;
}

IValue list_of(std::vector<IValue> elements, const c10::TypePtr& list_type) {
    c10::impl::GenericList list(list_type->expectRef<c10::ListType>().getElementType());
    list.reserve(elements.size());
    for (IValue& element : elements) {
        list.push_back(std::move(element));
    }
    return list;
}

}  // namespace trilby::backends
