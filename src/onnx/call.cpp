// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/call.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "base/text.hpp"

namespace trilby::onnx {
namespace {

using pt2::Argument;
using pt2::ScalarType;
using pt2::TensorMeta;

template <class T>
const T* content_as(const Argument& argument) {
    return std::get_if<T>(&argument.content);
}

/// What a map has for the value that an argument names; null for a constant.
template <class T>
const T* value_in(const std::map<std::string, T>& values, const Argument& argument) {
    const auto found = values.find(pt2::name_in(argument));
    return found == values.end() ? nullptr : &found->second;
}

std::optional<double> number_of(const Argument& argument) {
    if (const auto* real = content_as<double>(argument)) {
        return *real;
    }
    const auto* integer = content_as<std::int64_t>(argument);
    return integer == nullptr ? std::nullopt : std::optional(static_cast<double>(*integer));
}

bool is_none(const Argument& argument) {
    return std::holds_alternative<pt2::Absent>(argument.content);
}

std::string quoted(std::string_view name) {
    return fmt::format("'{}'", printable(name, 100));
}

}  // namespace

DataType data_type_of(ScalarType type) {
    switch (type) {
        case ScalarType::byte:
            return DataType::uint8;
        case ScalarType::signed_char:
            return DataType::int8;
        case ScalarType::short_integer:
            return DataType::int16;
        case ScalarType::integer:
            return DataType::int32;
        case ScalarType::long_integer:
            return DataType::int64;
        case ScalarType::single:
            return DataType::float32;
        case ScalarType::double_precision:
            return DataType::float64;
        case ScalarType::boolean:
            return DataType::boolean;
        default:
            throw Untranslatable(fmt::format("the type {} is not translated", pt2::name_of(type)));
    }
}

bool is_real(DataType type) {
    return type == DataType::float32 || type == DataType::float64;
}

bool is_whole_number(double value) {
    constexpr double limit = 9223372036854775808.0;  // 2^63
    return value >= -limit && value < limit && value == std::trunc(value);
}

const Argument* Call::find(std::string_view name) const {
    const auto found = std::ranges::find(node_.inputs, name, &pt2::NamedArgument::name);
    return found == node_.inputs.end() ? nullptr : &found->argument;
}

const Argument& Call::required(std::string_view name) const {
    const Argument* argument = find(name);
    if (argument == nullptr) {
        refuse(fmt::format("{} is not given", quoted(name)));
    }
    return *argument;
}

bool Call::has(std::string_view name) const {
    const Argument* argument = find(name);
    return argument != nullptr && !is_none(*argument);
}

bool Call::is_tensor(std::string_view name) const {
    const Argument* argument = find(name);
    return argument != nullptr && value_in(values_.tensors, *argument) != nullptr;
}

std::string Call::tensor_in(const Argument& argument, std::string_view name) const {
    const std::string* tensor = value_in(values_.tensors, argument);
    if (tensor == nullptr) {
        refuse(fmt::format("{} is not a tensor", quoted(name)));
    }
    return *tensor;
}

std::string Call::tensor(std::string_view name) const {
    return tensor_in(required(name), name);
}

std::string Call::as(std::string_view name, DataType type) {
    const Argument& argument = required(name);
    if (const auto* integer = content_as<std::int64_t>(argument)) {
        return graph.scalar(type, *integer);
    }
    if (const auto* real = content_as<double>(argument)) {
        if (!is_real(type) && !is_whole_number(*real)) {
            refuse(fmt::format("{} is not a whole number", quoted(name)));
        }
        return graph.scalar(type, *real);
    }
    if (const auto* truth = content_as<bool>(argument)) {
        return graph.scalar(type, std::int64_t{*truth});
    }
    if (!is_tensor(name)) {
        const Number number = number_in(argument, name);
        const auto* known = std::get_if<std::int64_t>(&number);
        return known != nullptr ? graph.scalar(type, *known)
                                : cast(std::get<std::string>(number), DataType::int64, type);
    }
    return cast(tensor(name), type_of(name), type);
}

std::vector<std::string> Call::tensors(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& found : tensors_or_none(name)) {
        if (!found) {
            refuse(fmt::format("{} has no value in a place", quoted(name)));
        }
        names.push_back(*found);
    }
    return names;
}

std::vector<std::string> Call::tensors_as(std::string_view name, DataType type) {
    std::vector<std::string> values = tensors(name);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = cast(values[i], data_type_of(meta_in(name, i).dtype), type);
    }
    return values;
}

std::vector<std::optional<std::string>> Call::tensors_or_none(std::string_view name) const {
    const auto* list = content_as<pt2::Arguments>(required(name));
    if (list == nullptr) {
        refuse(fmt::format("{} is not a list", quoted(name)));
    }
    std::vector<std::optional<std::string>> names;
    for (const Argument& argument : *list) {
        names.push_back(is_none(argument) ? std::nullopt
                                          : std::optional(tensor_in(argument, name)));
    }
    return names;
}

std::int64_t Call::integer(std::string_view name) const {
    const Number found = size(name);
    if (const auto* known = std::get_if<std::int64_t>(&found)) {
        return *known;
    }
    refuse(fmt::format("{} depends on the size of the batch", quoted(name)));
}

std::int64_t Call::integer(std::string_view name, std::int64_t otherwise) const {
    return has(name) ? integer(name) : otherwise;
}

double Call::number(std::string_view name, double otherwise) const {
    if (!has(name)) {
        return otherwise;
    }
    const auto* real = content_as<double>(required(name));
    return real != nullptr ? *real : static_cast<double>(integer(name));
}

std::vector<double> Call::numbers(std::string_view name) const {
    if (!has(name)) {
        return {};
    }
    const auto* list = content_as<pt2::Arguments>(required(name));
    if (list == nullptr) {
        return {number(name, 0.0)};
    }
    std::vector<double> numbers;
    for (const Argument& element : *list) {
        const auto number = number_of(element);
        if (!number) {
            refuse(fmt::format("{} is not a list of numbers", quoted(name)));
        }
        numbers.push_back(*number);
    }
    return numbers;
}

bool Call::flag(std::string_view name, bool otherwise) const {
    if (!has(name)) {
        return otherwise;
    }
    const auto* truth = content_as<bool>(required(name));
    return truth != nullptr ? *truth : integer(name) != 0;
}

std::string Call::text(std::string_view name, std::string_view otherwise) const {
    const auto* found = has(name) ? content_as<std::string>(required(name)) : nullptr;
    return found != nullptr ? *found : std::string(otherwise);
}

std::vector<std::int64_t> Call::integers(std::string_view name) const {
    std::vector<std::int64_t> known;
    for (const Number& number : sizes(name)) {
        const auto* integer = std::get_if<std::int64_t>(&number);
        if (integer == nullptr) {
            refuse(fmt::format("{} depends on the size of the batch", quoted(name)));
        }
        known.push_back(*integer);
    }
    return known;
}

std::vector<std::int64_t> Call::integers(std::string_view name, std::size_t count,
                                         std::int64_t otherwise) const {
    std::vector<std::int64_t> given = has(name) ? integers(name) : std::vector<std::int64_t>();
    if (given.empty()) {
        given.push_back(otherwise);
    }
    if (given.size() == 1) {
        given.resize(count, given.front());
    }
    if (given.size() != count) {
        refuse(fmt::format("{} has {} numbers, expected {}", quoted(name), given.size(), count));
    }
    return given;
}

Number Call::number_in(const Argument& argument, std::string_view name) const {
    if (const auto* integer = content_as<std::int64_t>(argument)) {
        return *integer;
    }
    const Number* number = value_in(values_.numbers, argument);
    if (number == nullptr) {
        refuse(fmt::format("{} is not a whole number", quoted(name)));
    }
    return *number;
}

Number Call::size(std::string_view name) const {
    return number_in(required(name), name);
}

std::vector<Number> Call::sizes(std::string_view name) const {
    const Argument& argument = required(name);
    const auto* list = content_as<pt2::Arguments>(argument);
    if (list == nullptr) {
        return {number_in(argument, name)};
    }
    std::vector<Number> numbers;
    for (const Argument& element : *list) {
        numbers.push_back(number_in(element, name));
    }
    return numbers;
}

std::vector<Number> Call::positional_numbers() const {
    std::vector<Number> numbers;
    for (const pt2::NamedArgument& input : node_.inputs) {
        numbers.push_back(number_in(input.argument, input.name));
    }
    return numbers;
}

const TensorMeta& Call::meta_of(const Argument& argument, std::string_view name) const {
    const TensorMeta* meta = value_in(values_.metas, argument);
    if (meta == nullptr) {
        refuse(fmt::format("the shape of {} is not known", quoted(name)));
    }
    return *meta;
}

const TensorMeta& Call::meta(std::string_view name) const {
    return meta_of(required(name), name);
}

const TensorMeta& Call::meta_in(std::string_view list, std::size_t index) const {
    const auto* elements = content_as<pt2::Arguments>(required(list));
    if (elements == nullptr || index >= elements->size()) {
        refuse(fmt::format("{} is not a list, or is too short", quoted(list)));
    }
    return meta_of((*elements)[index], list);
}

DataType Call::type_of(std::string_view name) const {
    return data_type_of(meta(name).dtype);
}

std::int64_t Call::rank_of(std::string_view name) const {
    return static_cast<std::int64_t>(meta(name).sizes.size());
}

std::int64_t Call::extent(std::string_view name, std::int64_t axis) const {
    const auto& sizes = meta(name).sizes;
    const auto index = static_cast<std::size_t>(axis);
    if (index >= sizes.size() || !sizes[index].number) {
        refuse(fmt::format("extent {} of {} is not fixed", axis, quoted(name)));
    }
    return *sizes[index].number;
}

const TensorMeta& Call::result_meta(std::size_t index) const {
    const auto found = values_.metas.find(result_name(index));
    if (found == values_.metas.end()) {
        refuse("the shape of its result is not known");
    }
    return found->second;
}

DataType Call::result_type() const {
    return data_type_of(result_meta().dtype);
}

std::int64_t Call::axis(std::string_view name, std::string_view of,
                        std::optional<std::int64_t> otherwise) const {
    const std::int64_t rank = rank_of(of);
    const std::int64_t given = otherwise ? integer(name, *otherwise) : integer(name);
    const std::int64_t axis = given < 0 ? given + rank : given;
    if (axis < 0 || axis >= std::max<std::int64_t>(rank, 1)) {
        refuse(fmt::format("{} is {}, and the tensor has {} axes", quoted(name), given, rank));
    }
    return axis;
}

std::string Call::shape(const std::vector<Number>& numbers) {
    std::vector<std::int64_t> known;
    std::vector<std::string> parts;
    for (const Number& number : numbers) {
        if (const auto* integer = std::get_if<std::int64_t>(&number)) {
            known.push_back(*integer);
            parts.push_back(graph.integers({*integer}));
        } else {
            parts.push_back(std::get<std::string>(number));
        }
    }
    return known.size() == numbers.size()
               ? graph.integers(known)
               : graph.node("Concat", parts, {{"axis", std::int64_t{0}}});
}

std::string Call::shape_of(std::string_view tensor) {
    return graph.node("Shape", {std::string(tensor)});
}

std::string Call::cast(const std::string& value, DataType from, DataType to) {
    return from == to ? value
                      : graph.node("Cast", {value}, {{"to", static_cast<std::int64_t>(to)}});
}

std::string Call::result_name(std::size_t index) const {
    std::size_t first = 0;
    for (const pt2::Output& output : node_.outputs) {
        if (index < first + output.names.size()) {
            return output.names[index - first];
        }
        // A result that is not used has no name, and still its place.
        first += std::max<std::size_t>(output.names.size(), 1);
    }
    return {};
}

std::size_t Call::count_results() const {
    std::size_t count = 0;
    for (const pt2::Output& output : node_.outputs) {
        count += std::max<std::size_t>(output.names.size(), 1);
    }
    return count;
}

void Call::gives(std::string value, std::size_t index) {
    if (const std::string name = result_name(index); !name.empty()) {
        values_.tensors.insert_or_assign(name, std::move(value));
    }
}

void Call::gives_number(Number number) {
    values_.numbers.insert_or_assign(result_name(0), std::move(number));
}

void Call::gives_all(const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        gives(values[i], i);
    }
}

}  // namespace trilby::onnx
