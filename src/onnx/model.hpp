// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A model in the terms of ONNX. The names are those of onnx.proto.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace trilby::onnx {

/// With the numbers of TensorProto.DataType.
enum class DataType : std::uint8_t {
    float32 = 1,
    uint8 = 2,
    int8 = 3,
    uint16 = 4,
    int16 = 5,
    int32 = 6,
    int64 = 7,
    boolean = 9,
    float16 = 10,
    float64 = 11,
    uint32 = 12,
    uint64 = 13,
    bfloat16 = 16,
};

/// The bytes are little-endian and row-major.
struct Tensor {
    DataType type = DataType::float32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
};

struct Attribute {
    std::string name;
    std::variant<std::int64_t, double, std::string, std::vector<std::int64_t>> value;
};
using Attributes = std::vector<Attribute>;

struct Node {
    std::string op_type;
    std::vector<std::string> inputs;  ///< an empty name is an input that is not given
    std::vector<std::string> outputs;
    Attributes attributes;
};

/// An extent, or the name of one that is not fixed.
using Dimension = std::variant<std::int64_t, std::string>;

struct ValueInfo {
    std::string name;
    DataType type = DataType::float32;
    std::vector<Dimension> shape;
};

struct Graph {
    std::vector<Node> nodes;
    std::vector<std::pair<std::string, Tensor>> initializers;
    std::vector<ValueInfo> inputs;
    std::vector<ValueInfo> outputs;
};

struct Model {
    Graph graph;
    std::vector<std::pair<std::string, std::string>> metadata;
};

}  // namespace trilby::onnx
