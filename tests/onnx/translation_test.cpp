// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "onnx/translation.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/test_files.hpp"

namespace trilby::onnx {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// ---- Models of Python

pt2::File model(const std::string& name) {
    return pt2::File::open(trilby::testing::exported_models() / name).value();
}

std::vector<std::string> initializers_of(const Model& model) {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : model.graph.initializers) {
        if (!name.starts_with("constant")) {
            names.push_back(name);
        }
    }
    return names;
}

std::vector<std::string> operators_of(const Model& model) {
    std::vector<std::string> types;
    for (const Node& node : model.graph.nodes) {
        types.push_back(node.op_type);
    }
    return types;
}

TEST(TranslationTest, InputsAndOutputsHaveNamesAndABatchOfAnySize) {
    const auto translated = translate(model("mlp.pt2"), {});
    ASSERT_TRUE(translated) << translated.error().message;
    ASSERT_EQ(translated->graph.inputs.size(), 1U);
    EXPECT_EQ(translated->graph.inputs[0].name, "x");
    EXPECT_THAT(translated->graph.inputs[0].shape,
                ElementsAre(Dimension("batch"), Dimension(std::int64_t{8})));
    ASSERT_EQ(translated->graph.outputs.size(), 1U);
    EXPECT_EQ(translated->graph.outputs[0].name, "output");
    EXPECT_THAT(translated->graph.outputs[0].shape,
                ElementsAre(Dimension("batch"), Dimension(std::int64_t{3})));
}

TEST(TranslationTest, ParametersKeepTheirNamesAndDropoutIsGone) {
    const auto translated = translate(model("mlp.pt2"), {});
    ASSERT_TRUE(translated);
    EXPECT_THAT(initializers_of(*translated),
                UnorderedElementsAre("net.0.weight", "net.0.bias", "net.3.weight", "net.3.bias",
                                     "net.5.weight", "net.5.bias"));
    EXPECT_THAT(operators_of(*translated),
                AllOf(Contains("Gemm").Times(3), Not(Contains("Dropout"))));
}

TEST(TranslationTest, GivenValuesReplaceThoseOfTheFile) {
    const std::vector<std::byte> values(16 * 4, std::byte{0x3f});
    const auto translated =
        translate(model("mlp.pt2"),
                  std::vector<safetensors::TensorView>{{"net.3.bias", "F32", {16}, values}});
    ASSERT_TRUE(translated);
    const auto bias = std::ranges::find(translated->graph.initializers, "net.3.bias",
                                        [](const auto& entry) { return entry.first; });
    ASSERT_NE(bias, translated->graph.initializers.end());
    EXPECT_EQ(bias->second.bytes, values);
}

TEST(TranslationTest, BatchNormsUseTheStatisticsOfTheTraining) {
    const auto translated = translate(model("cnn.pt2"), {});
    ASSERT_TRUE(translated);
    EXPECT_THAT(operators_of(*translated), Contains("BatchNormalization").Times(5));
    EXPECT_THAT(initializers_of(*translated),
                AllOf(Contains("blocks.0.bn1.running_mean"),
                      Not(Contains("blocks.0.bn1.num_batches_tracked"))));
}

TEST(TranslationTest, TiedWeightsAreOneTensor) {
    const auto translated = translate(model("gpt.pt2"), {});
    ASSERT_TRUE(translated);
    const auto names = initializers_of(*translated);
    EXPECT_EQ(std::ranges::count(names, "token.weight") + std::ranges::count(names, "head.weight"),
              1);
}

TEST(TranslationTest, TheOtherModelsOfTheTestsHaveCounterparts) {
    for (const char* name : {"lstm.pt2", "custom.pt2"}) {
        const auto translated = translate(model(name), {});
        EXPECT_TRUE(translated) << name << ": " << translated.error().message;
    }
}

// ---- Made graphs

pt2::TensorMeta shape(const std::vector<std::int64_t>& sizes) {
    pt2::TensorMeta meta;
    for (const std::int64_t size : sizes) {
        meta.sizes.push_back({size, {}});
    }
    return meta;
}

pt2::Node call(const std::string& target, std::vector<pt2::NamedArgument> inputs,
               const std::string& result) {
    return {.target = "torch.ops.aten." + target,
            .inputs = std::move(inputs),
            .outputs = {{{result}, false}}};
}

pt2::NamedArgument named(const std::string& name, const std::string& value) {
    return {name, {pt2::Value{value}}};
}

/// A model of one input, "x" of 2 x 3, whose values all have that shape.
pt2::Program program_of(std::vector<pt2::Node> calls, const std::string& result) {
    pt2::Program program;
    program.graph.inputs = {"x"};
    program.graph.tensors.emplace("x", shape({2, 3}));
    for (const pt2::Node& node : calls) {
        for (const pt2::Output& output : node.outputs) {
            for (const std::string& name : output.names) {
                program.graph.tensors.emplace(name, shape({2, 3}));
            }
        }
    }
    program.graph.nodes = std::move(calls);
    program.graph.outputs = {{pt2::Value{result}}};
    program.inputs = {{pt2::InputSpec::Kind::user, "x", {}}};
    program.outputs = {{}};
    return program;
}

TEST(TranslationTest, ACallWithoutACounterpartIsNamed) {
    auto unknown = call("lgamma.default", {named("self", "x")}, "y");
    unknown.module = "net.4";
    const auto translated = translate(program_of({unknown}, "y"), {});
    ASSERT_FALSE(translated);
    EXPECT_EQ(translated.error().code, ErrorCode::bad_data);
    EXPECT_EQ(
        translated.error().message,
        "the model calls aten.lgamma.default in layer 'net.4', which has no counterpart in ONNX");
    EXPECT_THAT(translated.error().hint, HasSubstr("safetensors"));
}

TEST(TranslationTest, AnOptionWithoutACounterpartIsNamed) {
    const auto elu = call("elu.default", {named("self", "x"), {"scale", {2.0}}}, "y");
    EXPECT_THAT(translate(program_of({elu}, "y"), {}).error().message,
                HasSubstr("'scale' is not 1"));
}

TEST(TranslationTest, AChangedArgumentIsANewValue) {
    const auto translated = translate(program_of({call("relu_.default", {named("self", "x")}, "y"),
                                                  call("neg.default", {named("self", "y")}, "z")},
                                                 "z"),
                                      {});
    ASSERT_TRUE(translated) << translated.error().message;
    EXPECT_THAT(operators_of(*translated), ElementsAre("Relu", "Neg", "Identity"));
}

TEST(TranslationTest, MemoryThatAnotherCallChangedIsRefused) {
    const auto view = call(
        "transpose.int",
        {named("self", "x"), {"dim0", {std::int64_t{0}}}, {"dim1", {std::int64_t{1}}}}, "part");
    const auto change = call("relu_.default", {named("self", "part")}, "changed");
    const auto use = call("neg.default", {named("self", "x")}, "y");
    EXPECT_THAT(translate(program_of({view, change, use}, "y"), {}).error().message,
                HasSubstr("memory another call changed"));
    EXPECT_THAT(translate(program_of({view, change}, "x"), {}).error().message,
                HasSubstr("memory another call changed"));
    const pt2::Arguments both{{pt2::Value{"changed"}}, {pt2::Value{"x"}}};
    const auto joined = call("cat.default", {{"tensors", {both}}}, "y");
    EXPECT_THAT(translate(program_of({view, change, joined}, "y"), {}).error().message,
                HasSubstr("memory another call changed"));
    // A copy has memory of its own.
    const auto copy = call("clone.default", {named("self", "x")}, "part");
    EXPECT_TRUE(translate(program_of({copy, change, use}, "y"), {}));
}

TEST(TranslationTest, APartWithoutGradientsSharesMemoryToo) {
    auto body = std::make_shared<pt2::Graph>();
    body->inputs = {"inner"};
    body->nodes = {call("relu_.default", {named("self", "inner")}, "done")};
    body->outputs = {{pt2::Value{"done"}}};
    body->tensors.emplace("done", shape({2, 3}));
    const pt2::Node region{
        .target = "torch.ops.higher_order.wrap_with_set_grad_enabled",
        .inputs = {{"", {false}}, {"", {std::shared_ptr<const pt2::Graph>(body)}}, named("", "x")},
        .outputs = {{{"y"}, false}}};
    EXPECT_TRUE(translate(program_of({region}, "y"), {}));
    EXPECT_THAT(translate(program_of({region}, "x"), {}).error().message,
                HasSubstr("memory another call changed"));
}

TEST(TranslationTest, WhatDoesNotFitTogetherIsAnError) {
    const auto refused = [](std::vector<pt2::Node> calls, const std::string& result) {
        const auto translated = translate(program_of(std::move(calls), result), {});
        return translated ? std::string("translated") : translated.error().message;
    };
    EXPECT_THAT(refused({call("relu.default", {}, "y")}, "y"), HasSubstr("'self' is not given"));
    EXPECT_THAT(refused({call("relu.default", {named("self", "none")}, "y")}, "y"),
                HasSubstr("'self' is not a tensor"));
    EXPECT_THAT(refused({}, "none"), HasSubstr("no tensor"));
    EXPECT_THAT(
        refused({call("softmax.int", {named("self", "x"), {"dim", {std::int64_t{7}}}}, "y")}, "y"),
        HasSubstr("'dim' is 7, and the tensor has 2 axes"));
    const pt2::Arguments axes{{std::int64_t{0}}, {2.5}};
    EXPECT_THAT(
        refused({call("permute.default", {named("self", "x"), {"dims", {axes}}}, "y")}, "y"),
        HasSubstr("'dims' is not a whole number"));
    EXPECT_THAT(
        refused({call("transpose.int", {named("self", "x"), {"dim0", {std::int64_t{0}}}}, "y")},
                "y"),
        HasSubstr("'dim1'"));
}

}  // namespace
}  // namespace trilby::onnx
