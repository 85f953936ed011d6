// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/temporary_folder.hpp"

namespace trilby::onnx {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using trilby::testing::read_file;

Model small_model() {
    Model model;
    model.graph.inputs = {{"x", DataType::float32, {std::string("batch"), std::int64_t{3}}}};
    model.graph.outputs = {{"y", DataType::float32, {}}};
    model.graph.initializers = {{"w", {DataType::int8, {2}, {std::byte{7}, std::byte{8}}}}};
    model.graph.nodes = {{"Softmax", {"x"}, {"y"}, {{"axis", std::int64_t{-1}}}}};
    model.metadata = {{"key", "value"}};
    return model;
}

class WriterTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "model.onnx";
};

// The bytes are those that protoc --encode writes for the fields of onnx.proto.
TEST_F(WriterTest, WritesTheFieldsOfTheFormat) {
    ASSERT_TRUE(write(path_, small_model()));
    const std::string bytes = read_file(path_);
    EXPECT_EQ(bytes.substr(0, 2), "\x08\x08"s);                          // ir_version: 8
    EXPECT_THAT(bytes, HasSubstr("\x12\x06trilby"s));                    // producer_name
    EXPECT_THAT(bytes, HasSubstr("\x42\x04\x0a\x00\x10\x11"s));          // opset_import: "", 17
    EXPECT_THAT(bytes, HasSubstr("\x72\x0c\x0a\x03key\x12\x05value"s));  // metadata_props
    // node: input, output, name, op_type, attribute with its type, which is an integer
    EXPECT_THAT(bytes, HasSubstr("\x0a\x01x\x12\x01y\x1a\x01y\x22\x07Softmax"
                                 "\x2a\x14\x0a\x04"
                                 "axis\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                 "\xa0\x01\x02"s));
    // initializer: dims, data_type int8, name, raw_data
    EXPECT_THAT(bytes, HasSubstr("\x2a\x0b\x08\x02\x10\x03\x42\x01w\x4a\x02\x07\x08"s));
    // input: name, tensor type float32, a named extent and 3
    EXPECT_THAT(bytes, HasSubstr("\x0a\x01x\x12\x13\x0a\x11\x08\x01\x12\x0d"
                                 "\x0a\x07\x12\x05"
                                 "batch\x0a\x02\x08\x03"s));
}

TEST_F(WriterTest, TheSameModelGivesTheSameBytes) {
    ASSERT_TRUE(write(path_, small_model()));
    const std::string first = read_file(path_);
    ASSERT_TRUE(write(path_, small_model()));
    EXPECT_EQ(read_file(path_), first);
}

TEST_F(WriterTest, AFolderThatDoesNotExistIsAnError) {
    EXPECT_EQ(write(folder_ / "none" / "model.onnx", small_model()).error().code,
              ErrorCode::cannot_create);
}

}  // namespace
}  // namespace trilby::onnx
