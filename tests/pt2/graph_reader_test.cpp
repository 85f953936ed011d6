// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/graph_reader.hpp"

#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace trilby::pt2 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A graph with one call, which has the argument.
std::string graph_with(std::string_view argument, std::string_view metadata = "{}") {
    return fmt::format(R"({{
        "inputs": [{{"as_tensor": {{"name": "x"}}}}],
        "outputs": [{{"as_tensor": {{"name": "y"}}}}],
        "nodes": [{{"target": "torch.ops.aten.f.default", "metadata": {},
                    "inputs": [{{"name": "a", "arg": {}, "kind": 1}}],
                    "outputs": [{{"as_tensor": {{"name": "y"}}}}]}}],
        "tensor_values": {{"x": {{"dtype": 7, "sizes": [{{"as_expr": {{"expr_str": "s0"}}}},
                                                        {{"as_int": 3}}]}}}}}})",
                       metadata, argument);
}

Result<Graph> read(const std::string& text) {
    return read_graph(json::parse_object(text, "test").value(), "graph");
}

Argument argument_in(std::string_view argument) {
    const auto graph = read(graph_with(argument));
    EXPECT_TRUE(graph) << graph.error().message;
    return graph ? graph->nodes.at(0).inputs.at(0).argument : Argument{};
}

std::string error_for(std::string_view argument) {
    const auto graph = read(graph_with(argument));
    return graph ? "no error" : graph.error().message;
}

template <class T>
T content_of(std::string_view argument) {
    const Argument read = argument_in(argument);
    EXPECT_TRUE(std::holds_alternative<T>(read.content)) << argument;
    return std::get<T>(read.content);
}

TEST(GraphReaderTest, ReadsInputsCallsAndOutputs) {
    const auto graph =
        read(graph_with(R"({"as_tensor": {"name": "x"}})",
                        R"({"nn_module_stack": "L__self__,,Net;L__self__net.0,net.0,Linear"})"));
    ASSERT_TRUE(graph) << graph.error().message;
    EXPECT_THAT(graph->inputs, ElementsAre("x"));
    EXPECT_EQ(graph->nodes.at(0).target, "torch.ops.aten.f.default");
    EXPECT_EQ(graph->nodes[0].module, "net.0");
    EXPECT_EQ(std::get<Value>(graph->nodes[0].inputs.at(0).argument.content).name, "x");
    EXPECT_THAT(graph->nodes[0].outputs.at(0).names, ElementsAre("y"));
    EXPECT_EQ(graph->tensors.at("x").dtype, ScalarType::single);
    EXPECT_EQ(graph->tensors.at("x").sizes.at(0).number, std::nullopt);
    EXPECT_EQ(graph->tensors.at("x").sizes[0].expression, "s0");
    EXPECT_EQ(graph->tensors.at("x").sizes.at(1).number, 3);
}

TEST(GraphReaderTest, ReadsEveryKindOfArgument) {
    EXPECT_EQ(content_of<std::int64_t>(R"({"as_int": -3})"), -3);
    EXPECT_EQ(content_of<std::int64_t>(R"({"as_sym_int": {"as_int": 4}})"), 4);
    EXPECT_EQ(content_of<Value>(R"({"as_sym_int": {"as_name": "s"}})").name, "s");
    EXPECT_EQ(content_of<Value>(R"({"as_optional_tensor": {"as_tensor": {"name": "t"}}})").name,
              "t");
    EXPECT_EQ(content_of<double>(R"({"as_float": 0.1})"), 0.1);
    EXPECT_EQ(content_of<double>(R"({"as_float": 1})"), 1.0);
    EXPECT_EQ(content_of<double>(R"({"as_float": "-Infinity"})"),
              -std::numeric_limits<double>::infinity());
    EXPECT_TRUE(std::isnan(content_of<double>(R"({"as_float": "NaN"})")));
    EXPECT_TRUE(content_of<bool>(R"({"as_bool": true})"));
    EXPECT_EQ(content_of<std::string>(R"({"as_string": "none"})"), "none");
    EXPECT_EQ(content_of<ScalarType>(R"({"as_scalar_type": 13})"), ScalarType::bfloat16);
    EXPECT_EQ(content_of<MemoryFormat>(R"({"as_memory_format": 2})"), MemoryFormat::channels_last);
    EXPECT_TRUE(content_of<Layout>(R"({"as_layout": 7})").is_strided);
    EXPECT_EQ(content_of<Device>(R"({"as_device": {"type": "cpu", "index": null}})").type, "cpu");
    EXPECT_EQ(content_of<Complex>(R"({"as_complex": {"real": 1.5, "imag": -2.0}})").imaginary,
              -2.0);
    content_of<Absent>(R"({"as_none": true})");
}

TEST(GraphReaderTest, ReadsLists) {
    const auto numbers = content_of<Arguments>(R"({"as_ints": [1, 2]})");
    ASSERT_EQ(numbers.size(), 2U);
    EXPECT_EQ(std::get<std::int64_t>(numbers[1].content), 2);
    const auto sizes =
        content_of<Arguments>(R"({"as_sym_ints": [{"as_name": "s"}, {"as_int": 5}]})");
    EXPECT_EQ(std::get<Value>(sizes.at(0).content).name, "s");
    EXPECT_EQ(std::get<std::int64_t>(sizes.at(1).content), 5);
    const auto tensors = content_of<Arguments>(
        R"({"as_optional_tensors": [{"as_none": true}, {"as_tensor": {"name": "t"}}]})");
    EXPECT_TRUE(std::holds_alternative<Absent>(tensors.at(0).content));
    const auto nested = content_of<Arguments>(R"({"as_int_lists": [[1], [2, 3]]})");
    EXPECT_EQ(std::get<Arguments>(nested.at(1).content).size(), 2U);
}

TEST(GraphReaderTest, ReadsSubgraphs) {
    const auto graph = content_of<std::shared_ptr<const Graph>>(fmt::format(
        R"({{"as_graph": {{"name": "g", "graph": {}}}}})", graph_with(R"({"as_int": 1})")));
    EXPECT_EQ(graph->nodes.size(), 1U);
}

TEST(GraphReaderTest, WhatDoesNotFollowTheSchemaIsNamed) {
    EXPECT_THAT(error_for(R"({"as_custom_obj": {"name": "o"}})"),
                HasSubstr("call of 'torch.ops.aten.f.default': an argument is 'as_custom_obj'"));
    EXPECT_THAT(error_for(R"({"as_int": "3"})"), HasSubstr("expected an integer"));
    EXPECT_THAT(error_for(R"({"as_ints": 3})"), HasSubstr("'as_ints' is not an array"));
    EXPECT_THAT(error_for(R"({"as_scalar_type": 14})"), HasSubstr("14 is not the number"));
    EXPECT_THAT(error_for(R"({"as_memory_format": 9})"), HasSubstr("9 is not the number"));
    EXPECT_THAT(error_for(R"({"as_float": "many"})"), HasSubstr("not a number"));
    EXPECT_THAT(error_for(R"({})"), HasSubstr("expected an object with one member"));
    EXPECT_THAT(error_for("3"), HasSubstr("expected an object with one member"));
    EXPECT_THAT(read("{}").error().message, HasSubstr("key 'inputs' is missing"));
}

}  // namespace
}  // namespace trilby::pt2
