// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/program_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace trilby::pt2 {
namespace {

using ::testing::HasSubstr;

struct Parts {
    std::string input_specs =
        R"({"parameter": {"arg": {"name": "w"}, "parameter_name": "layer.weight"}},
           {"user_input": {"arg": {"as_tensor": {"name": "x"}}}})";
    std::string output_specs = R"({"user_output": {"arg": {"as_tensor": {"name": "x"}}}})";
    int version = 8;
};

std::string document(const Parts& parts) {
    return fmt::format(
        R"({{"graph_module": {{
            "graph": {{"inputs": [{{"as_tensor": {{"name": "w"}}}}, {{"as_tensor": {{"name": "x"}}}}],
                       "outputs": [{{"as_tensor": {{"name": "x"}}}}], "nodes": [],
                       "tensor_values": {{}}}},
            "signature": {{"input_specs": [{}], "output_specs": [{}]}}}},
            "range_constraints": {{"s0": {{"min_val": 2, "max_val": null}}}},
            "schema_version": {{"major": {}, "minor": 20}}, "verifiers": ["TRAINING"],
            "torch_version": "2.14.1"}})",
        parts.input_specs, parts.output_specs, parts.version);
}

std::string error_of(const Parts& parts) {
    const auto program = read_program(document(parts), "model.json");
    return program ? "no error" : program.error().message;
}

TEST(ProgramReaderTest, ReadsSignatureRangesAndVersions) {
    const auto program = read_program(document({}), "model.json");
    ASSERT_TRUE(program) << program.error().message;
    ASSERT_EQ(program->inputs.size(), 2U);
    EXPECT_EQ(program->inputs[0].kind, InputSpec::Kind::parameter);
    EXPECT_EQ(program->inputs[0].target, "layer.weight");
    EXPECT_EQ(program->inputs[1].kind, InputSpec::Kind::user);
    EXPECT_EQ(program->outputs.at(0).kind, OutputSpec::Kind::user);
    EXPECT_EQ(program->ranges.at("s0").least, 2);
    EXPECT_EQ(program->ranges.at("s0").most, std::nullopt);
    EXPECT_EQ(program->torch_version, "2.14.1");
    EXPECT_EQ(program->verifier, "TRAINING");
}

TEST(ProgramReaderTest, ABufferMayBeAnOutput) {
    const auto program = read_program(
        document({.output_specs =
                      R"({"buffer_mutation": {"arg": {"name": "x"}, "buffer_name": "mean"}})"}),
        "model.json");
    ASSERT_TRUE(program) << program.error().message;
    EXPECT_EQ(program->outputs.at(0).kind, OutputSpec::Kind::buffer_mutation);
    EXPECT_EQ(program->outputs[0].target, "mean");
}

TEST(ProgramReaderTest, WhatIsNotSupportedIsNamed) {
    EXPECT_THAT(error_of({.version = 9}), HasSubstr("its schema has version 9, expected 8"));
    EXPECT_THAT(error_of({.input_specs = R"({"token": {"arg": {"name": "x"}}})"}),
                HasSubstr("an input is 'token'"));
    EXPECT_THAT(error_of({.input_specs = R"({"user_input": {"arg": {"as_int": 3}}})"}),
                HasSubstr("takes an input that is not a tensor"));
    EXPECT_THAT(error_of({.output_specs = R"({"token": {"arg": {"name": "x"}}})"}),
                HasSubstr("an output is 'token'"));
}

TEST(ProgramReaderTest, GraphAndSignatureMustAgree) {
    EXPECT_THAT(
        error_of({.input_specs = R"({"user_input": {"arg": {"as_tensor": {"name": "x"}}}})"}),
        HasSubstr("graph and signature differ"));
    EXPECT_THAT(error_of({.output_specs = ""}), HasSubstr("graph and signature differ"));
}

TEST(ProgramReaderTest, OtherTextsAreErrors) {
    EXPECT_EQ(read_program("", "model.json").error().code, ErrorCode::bad_data);
    EXPECT_EQ(read_program("[]", "model.json").error().code, ErrorCode::bad_data);
    EXPECT_EQ(read_program(std::string(100, '['), "model.json").error().code, ErrorCode::bad_data);
}

}  // namespace
}  // namespace trilby::pt2
