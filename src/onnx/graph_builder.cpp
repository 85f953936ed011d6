// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/graph_builder.hpp"

#include <bit>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

#include "base/little_endian.hpp"
#include "base/text.hpp"

namespace trilby::onnx {
namespace {

template <class Unsigned>
std::string bytes_of(Unsigned bits) {
    return encode_little_endian(bits, sizeof(bits));
}

/// An element of the type. The types that no scalar of a model has do not occur.
std::string element(DataType type, double value) {
    switch (type) {
        case DataType::float32:
            return bytes_of(std::bit_cast<std::uint32_t>(static_cast<float>(value)));
        case DataType::float64:
            return bytes_of(std::bit_cast<std::uint64_t>(value));
        case DataType::boolean:
            return bytes_of(static_cast<std::uint8_t>(value != 0.0));
        default:
            return {};
    }
}

std::size_t integer_bytes(DataType type) {
    switch (type) {
        case DataType::uint8:
        case DataType::int8:
            return 1;
        case DataType::uint16:
        case DataType::int16:
            return 2;
        case DataType::uint32:
        case DataType::int32:
            return 4;
        case DataType::uint64:
        case DataType::int64:
            return 8;
        default:
            return 0;
    }
}

std::string element(DataType type, std::int64_t value) {
    const std::size_t bytes = integer_bytes(type);
    return bytes == 0 ? element(type, static_cast<double>(value))
                      : encode_little_endian(static_cast<std::uint64_t>(value), bytes);
}

std::vector<std::byte> to_bytes(std::string_view text) {
    const auto* first = reinterpret_cast<const std::byte*>(text.data());
    return {first, first + text.size()};
}

}  // namespace

std::string GraphBuilder::node(std::string op_type, std::vector<std::string> inputs,
                               Attributes attributes) {
    return nodes(std::move(op_type), std::move(inputs), 1, std::move(attributes)).front();
}

std::vector<std::string> GraphBuilder::nodes(std::string op_type, std::vector<std::string> inputs,
                                             std::size_t results, Attributes attributes) {
    std::vector<std::string> outputs;
    for (std::size_t i = 0; i < results; ++i) {
        outputs.push_back(unused_name(lower_case(op_type)));
    }
    graph_.nodes.push_back({std::move(op_type), std::move(inputs), outputs, std::move(attributes)});
    return outputs;
}

std::string GraphBuilder::integers(const std::vector<std::int64_t>& values) {
    std::string bytes;
    for (const std::int64_t value : values) {
        bytes += bytes_of(static_cast<std::uint64_t>(value));
    }
    return constant({DataType::int64, {static_cast<std::int64_t>(values.size())}, to_bytes(bytes)});
}

std::string GraphBuilder::scalar(DataType type, double value) {
    return integer_bytes(type) != 0 ? scalar(type, static_cast<std::int64_t>(value))
                                    : constant({type, {}, to_bytes(element(type, value))});
}

std::string GraphBuilder::scalar(DataType type, std::int64_t value) {
    return constant({type, {}, to_bytes(element(type, value))});
}

std::string GraphBuilder::filled(DataType type, const std::vector<std::int64_t>& shape,
                                 double value) {
    return node("Expand", {scalar(type, value), integers(shape)});
}

std::string GraphBuilder::constant(Tensor tensor) {
    const std::string content =
        fmt::format("{} {} ", static_cast<int>(tensor.type), fmt::join(tensor.shape, ",")) +
        std::string(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    const auto [known, is_new] = constants_.try_emplace(content);
    if (is_new) {
        known->second = unused_name("constant");
        graph_.initializers.emplace_back(known->second, std::move(tensor));
    }
    return known->second;
}

std::string GraphBuilder::unused_name(std::string_view wanted) {
    auto& count = counts_[std::string(wanted)];
    for (;;) {
        const std::string name =
            count == 0 ? std::string(wanted) : fmt::format("{}_{}", wanted, count);
        ++count;
        if (name == wanted || !counts_.contains(name)) {
            counts_.try_emplace(name, 1);
            return name;
        }
    }
}

}  // namespace trilby::onnx
