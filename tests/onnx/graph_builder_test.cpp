// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/graph_builder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::onnx {
namespace {

using ::testing::ElementsAre;

std::vector<int> bytes_of(const Tensor& tensor) {
    std::vector<int> bytes;
    for (const std::byte byte : tensor.bytes) {
        bytes.push_back(static_cast<int>(byte));
    }
    return bytes;
}

TEST(GraphBuilderTest, ResultsHaveNamesOfTheirOwn) {
    Graph graph;
    GraphBuilder builder(graph);
    builder.reserve("relu");
    builder.reserve("relu_2");
    EXPECT_EQ(builder.node("Relu", {"x"}), "relu_1");
    EXPECT_EQ(builder.node("Relu", {"relu_1"}), "relu_3");
    EXPECT_THAT(builder.nodes("Split", {"x"}, 2), ElementsAre("split", "split_1"));
    ASSERT_EQ(graph.nodes.size(), 3U);
    EXPECT_EQ(graph.nodes[1].op_type, "Relu");
    EXPECT_THAT(graph.nodes[1].inputs, ElementsAre("relu_1"));
    EXPECT_THAT(graph.nodes[1].outputs, ElementsAre("relu_3"));
}

TEST(GraphBuilderTest, AConstantIsMadeOnce) {
    Graph graph;
    GraphBuilder builder(graph);
    const std::string two = builder.scalar(DataType::int64, std::int64_t{2});
    EXPECT_EQ(builder.scalar(DataType::int64, std::int64_t{2}), two);
    // The same bytes are another constant in another type or shape.
    EXPECT_NE(builder.integers({2}), two);
    EXPECT_NE(builder.scalar(DataType::uint64, std::int64_t{2}), two);
    EXPECT_EQ(graph.initializers.size(), 3U);
}

TEST(GraphBuilderTest, ScalarsAreLittleEndianInTheirType) {
    Graph graph;
    GraphBuilder builder(graph);
    builder.scalar(DataType::float32, 1.0);
    builder.scalar(DataType::float64, -2.0);
    builder.scalar(DataType::int32, std::int64_t{-2});
    builder.scalar(DataType::boolean, std::int64_t{1});
    builder.scalar(DataType::int8, 3.7);
    std::vector<std::vector<int>> found;
    for (const auto& [name, tensor] : graph.initializers) {
        EXPECT_TRUE(tensor.shape.empty());
        found.push_back(bytes_of(tensor));
    }
    EXPECT_THAT(found,
                ElementsAre(ElementsAre(0, 0, 0x80, 0x3f), ElementsAre(0, 0, 0, 0, 0, 0, 0, 0xc0),
                            ElementsAre(0xfe, 0xff, 0xff, 0xff), ElementsAre(1), ElementsAre(3)));
}

}  // namespace
}  // namespace trilby::onnx
