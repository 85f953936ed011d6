// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "onnx/model.hpp"

namespace trilby::onnx {

/// Adds nodes and constants to a graph, each with a name of its own.
class GraphBuilder {
  public:
    explicit GraphBuilder(Graph& graph) : graph_(graph) {}

    /// The name of the only result of a new node.
    std::string node(std::string op_type, std::vector<std::string> inputs,
                     Attributes attributes = {});
    /// The same for several results.
    std::vector<std::string> nodes(std::string op_type, std::vector<std::string> inputs,
                                   std::size_t results, Attributes attributes = {});

    /// The name of a constant, which is made once.
    std::string integers(const std::vector<std::int64_t>& values);
    /// A scalar. A value is rounded as a conversion does it in C++.
    std::string scalar(DataType type, double value);
    std::string scalar(DataType type, std::int64_t value);
    /// A constant of this shape, filled with one value.
    std::string filled(DataType type, const std::vector<std::int64_t>& shape, double value);
    std::string constant(Tensor tensor);

    /// Takes a name that is in use from outside, such as that of an input.
    void reserve(const std::string& name) { ++counts_[name]; }
    /// Takes this name, or one like it.
    std::string unused_name(std::string_view wanted);

  private:
    Graph& graph_;
    std::map<std::string, std::size_t, std::less<>> counts_;
    std::map<std::string, std::string> constants_;  ///< names by content
};

}  // namespace trilby::onnx
