// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// One call of an operator in an exported model, while it is translated.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "onnx/graph_builder.hpp"
#include "onnx/model.hpp"
#include "pt2/program.hpp"

namespace trilby::onnx {

/// Why a call has no counterpart. The rules are many and short, and almost any line of one may find
/// that it does not apply: it throws this, and translate() catches it.
class Untranslatable : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A number that is known, or the name of a tensor of one int64 that the graph computes.
using Number = std::variant<std::int64_t, std::string>;

/// The values of the model's graph that have been translated.
struct Values {
    std::map<std::string, std::string> tensors;  ///< names in ONNX
    std::map<std::string, Number> numbers;
    std::map<std::string, pt2::TensorMeta> metas;
};

/// Throws Untranslatable for a type that ONNX or Trilby's translation does not have.
[[nodiscard]] DataType data_type_of(pt2::ScalarType type);
[[nodiscard]] bool is_real(DataType type);
/// Whether it is an int64.
[[nodiscard]] bool is_whole_number(double value);

class Call {
  public:
    Call(const pt2::Node& node, Values& values, GraphBuilder& builder)
        : graph(builder), node_(node), values_(values) {}

    GraphBuilder& graph;

    /// Whether an argument is given and not None.
    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] bool is_tensor(std::string_view name) const;

    // These throw Untranslatable for an argument that is not there or of another kind.
    [[nodiscard]] std::string tensor(std::string_view name) const;
    /// The argument in this type: a tensor is cast, a number becomes a scalar.
    [[nodiscard]] std::string as(std::string_view name, DataType type);
    [[nodiscard]] std::vector<std::string> tensors(std::string_view name) const;
    [[nodiscard]] std::vector<std::optional<std::string>> tensors_or_none(
        std::string_view name) const;
    /// The same in one type.
    [[nodiscard]] std::vector<std::string> tensors_as(std::string_view name, DataType type);
    [[nodiscard]] std::int64_t integer(std::string_view name) const;
    [[nodiscard]] std::int64_t integer(std::string_view name, std::int64_t otherwise) const;
    [[nodiscard]] double number(std::string_view name, double otherwise) const;
    /// One number or a list; none if it is not given.
    [[nodiscard]] std::vector<double> numbers(std::string_view name) const;
    [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
    [[nodiscard]] std::string text(std::string_view name, std::string_view otherwise) const;
    [[nodiscard]] std::vector<std::int64_t> integers(std::string_view name) const;
    /// `count` integers: one stands for all of them, and `otherwise` if none is given.
    [[nodiscard]] std::vector<std::int64_t> integers(std::string_view name, std::size_t count,
                                                     std::int64_t otherwise) const;
    [[nodiscard]] Number size(std::string_view name) const;
    [[nodiscard]] std::vector<Number> sizes(std::string_view name) const;
    /// The arguments of Python's own functions, which have no names.
    [[nodiscard]] std::vector<Number> positional_numbers() const;

    /// What the model says of a tensor argument or of a result.
    [[nodiscard]] const pt2::TensorMeta& meta(std::string_view name) const;
    /// The same of a tensor in a list.
    [[nodiscard]] const pt2::TensorMeta& meta_in(std::string_view list, std::size_t index) const;
    [[nodiscard]] DataType type_of(std::string_view name) const;
    [[nodiscard]] std::int64_t rank_of(std::string_view name) const;
    /// Throws Untranslatable if it depends on the batch.
    [[nodiscard]] std::int64_t extent(std::string_view name, std::int64_t axis) const;
    [[nodiscard]] const pt2::TensorMeta& result_meta(std::size_t index = 0) const;
    [[nodiscard]] DataType result_type() const;
    /// 0 <= axis < the rank of the tensor `of`.
    [[nodiscard]] std::int64_t axis(std::string_view name, std::string_view of,
                                    std::optional<std::int64_t> otherwise = {}) const;

    /// A list of numbers as a tensor of int64.
    [[nodiscard]] std::string shape(const std::vector<Number>& numbers);
    [[nodiscard]] std::string shape_of(std::string_view tensor);
    [[nodiscard]] std::string cast(const std::string& value, DataType from, DataType to);

    [[nodiscard]] std::size_t count_results() const;
    /// Names result `index` of the call.
    void gives(std::string value, std::size_t index = 0);
    void gives_number(Number number);
    void gives_all(const std::vector<std::string>& values);

    [[noreturn]] static void refuse(const std::string& why) { throw Untranslatable(why); }

  private:
    [[nodiscard]] const pt2::Argument* find(std::string_view name) const;
    [[nodiscard]] const pt2::Argument& required(std::string_view name) const;
    [[nodiscard]] Number number_in(const pt2::Argument& argument, std::string_view name) const;
    [[nodiscard]] std::string tensor_in(const pt2::Argument& argument, std::string_view name) const;
    [[nodiscard]] const pt2::TensorMeta& meta_of(const pt2::Argument& argument,
                                                 std::string_view name) const;
    [[nodiscard]] std::string result_name(std::size_t index) const;

    const pt2::Node& node_;
    Values& values_;
};

}  // namespace trilby::onnx
