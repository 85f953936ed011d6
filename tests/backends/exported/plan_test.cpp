// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/exported/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include "backends/torch/exported/operators.hpp"

namespace trilby::backends {
namespace {

using pt2::Argument;
using pt2::Value;
using ::testing::HasSubstr;

pt2::NamedArgument given(std::string name, Argument argument) {
    return {std::move(name), std::move(argument)};
}

/// A graph with the input "x" and one call, whose result "y" is the graph's.
pt2::Graph graph_of(std::string target, std::vector<pt2::NamedArgument> inputs) {
    pt2::Graph graph;
    graph.inputs = {"x"};
    graph.nodes = {{std::move(target), std::move(inputs), {{{"y"}, false}}, "layer"}};
    graph.outputs = {Argument{Value{"y"}}};
    return graph;
}

Argument x() {
    return Argument{Value{"x"}};
}

torch::Tensor run(const pt2::Graph& graph, const torch::Tensor& input, bool is_training = true,
                  const PlanOptions& options = {}) {
    const auto plan = Plan::make(graph, options);
    EXPECT_TRUE(plan) << plan.error().message;
    return plan->run({input}, is_training, torch::kCPU).at(0).toTensor();
}

std::string error_of(const pt2::Graph& graph) {
    const auto plan = Plan::make(graph, {});
    return plan ? "no error" : plan.error().message;
}

TEST(PlanTest, ArgumentsThatAreNotGivenHaveTheirDefaults) {
    const torch::Tensor input = torch::arange(6.0).view({2, 3});
    EXPECT_TRUE(run(graph_of("torch.ops.aten.sum.default", {given("self", x())}), input)
                    .equal(input.sum()));
    EXPECT_TRUE(run(graph_of("torch.ops.aten.sum.dim_IntList",
                             {given("self", x()),
                              given("dim", Argument{pt2::Arguments{Argument{std::int64_t{1}}}})}),
                    input)
                    .equal(input.sum(1)));
}

TEST(PlanTest, ANumberBecomesATensorThatDoesNotDecideTheType) {
    const torch::Tensor input = torch::ones({2}, torch::kFloat16);
    const torch::Tensor sum = run(
        graph_of("torch.ops.aten.add.Tensor", {given("self", x()), given("other", Argument{0.5})}),
        input);
    EXPECT_EQ(sum.scalar_type(), torch::kFloat16);
    EXPECT_EQ(sum[0].item<float>(), 1.5F);
}

TEST(PlanTest, DropoutDropsOnlyInTraining) {
    const auto dropout = [](bool is_on) {
        return graph_of(
            "torch.ops.aten.dropout.default",
            {given("input", x()), given("p", Argument{0.5}), given("train", Argument{is_on})});
    };
    const torch::Tensor input = torch::ones({1000});
    EXPECT_FALSE(run(dropout(true), input, true).equal(input));
    EXPECT_TRUE(run(dropout(true), input, false).equal(input));
    EXPECT_TRUE(run(dropout(false), input, true).equal(input));
    EXPECT_FALSE(run(dropout(false), input, true, {.was_evaluating = true}).equal(input));
    EXPECT_TRUE(training_constants(dropout(true)).any_on);
    EXPECT_FALSE(training_constants(dropout(false)).any_on);
    EXPECT_TRUE(training_constants(dropout(false)).any);
}

TEST(PlanTest, ANormWithoutStatisticsUsesThoseOfTheBatchInEvaluationToo) {
    const auto norm = graph_of(
        "torch.ops.aten.instance_norm.default",
        {given("input", x()), given("weight", Argument{pt2::Absent{}}),
         given("bias", Argument{pt2::Absent{}}), given("running_mean", Argument{pt2::Absent{}}),
         given("running_var", Argument{pt2::Absent{}}), given("use_input_stats", Argument{true}),
         given("momentum", Argument{0.1}), given("eps", Argument{1e-5}),
         given("cudnn_enabled", Argument{true})});
    const torch::Tensor input = torch::randn({2, 3, 8});
    EXPECT_TRUE(run(norm, input, false).equal(run(norm, input, true)));
}

TEST(PlanTest, AViewOfStridesThatTheExportDidNotHaveIsAReshape) {
    const auto view = graph_of(
        "torch.ops.aten.view.default",
        {given("self", x()), given("size", Argument{pt2::Arguments{Argument{std::int64_t{6}}}})});
    const torch::Tensor input = torch::arange(6.0).view({2, 3}).t();
    EXPECT_TRUE(run(view, input).equal(input.reshape({6})));
}

TEST(PlanTest, WhatCannotBeRunIsNamed) {
    EXPECT_THAT(error_of(graph_of("torch.ops.aten.from_file.default", {})),
                HasSubstr("the model calls aten.from_file.default in layer 'layer', which Trilby "
                          "does not run"));
    EXPECT_THAT(error_of(graph_of("torch.ops.mine.linear.default", {})),
                HasSubstr("which Trilby does not run"));
    EXPECT_THAT(error_of(graph_of("os.system", {})), HasSubstr("which Trilby does not run"));
    EXPECT_THAT(error_of(graph_of("torch.ops.aten.linear.unknown", {})),
                HasSubstr("which this LibTorch does not have"));
    EXPECT_THAT(error_of(graph_of("torch.ops.aten.relu.default", {})), HasSubstr("without 'self'"));
    EXPECT_THAT(error_of(graph_of("torch.ops.aten.relu.default",
                                  {given("self", x()), given("colour", x())})),
                HasSubstr("with 'colour', which this LibTorch does not have"));
    EXPECT_THAT(error_of(graph_of("torch.ops.aten.relu.default",
                                  {given("self", Argument{Value{"later"}})})),
                HasSubstr("whose 'self' is not Tensor, or has no value"));
    EXPECT_THAT(error_of(graph_of("torch.ops.aten.relu.default",
                                  {given("self", Argument{std::string("text")})})),
                HasSubstr("whose 'self' is not Tensor"));
}

TEST(PlanTest, AnOutputWithoutAValueIsAnError) {
    pt2::Graph graph = graph_of("torch.ops.aten.relu.default", {given("self", x())});
    graph.outputs = {Argument{Value{"z"}}};
    EXPECT_THAT(error_of(graph), HasSubstr("an output of the model has no value"));
}

TEST(PlanTest, AFailingCallIsNamed) {
    const auto plan = Plan::make(
        graph_of("torch.ops.aten.mm.default", {given("self", x()), given("mat2", x())}), {});
    ASSERT_TRUE(plan);
    try {
        static_cast<void>(plan->run({torch::ones({2, 3})}, true, torch::kCPU));
        FAIL();
    } catch (const c10::Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("The model calls aten.mm.default in layer 'layer'"));
    }
}

TEST(PlanTest, SizesAreComputedAsInPython) {
    pt2::Graph graph;
    graph.inputs = {"x"};
    const auto call = [&](std::string target, std::vector<pt2::NamedArgument> inputs,
                          std::string result) {
        graph.nodes.push_back({std::move(target), std::move(inputs), {{{result}, false}}, ""});
    };
    call("torch.ops.aten.sym_size.int",
         {given("self", x()), given("dim", Argument{std::int64_t{0}})}, "n");
    call("_operator.mul", {given("", Argument{Value{"n"}}), given("", Argument{std::int64_t{3}})},
         "m");
    call("torch.ops.aten.reshape.default",
         {given("self", x()), given("shape", Argument{pt2::Arguments{Argument{Value{"m"}}}})}, "y");
    graph.outputs = {Argument{Value{"y"}}};
    EXPECT_EQ(run(graph, torch::zeros({5, 3})).sizes(), torch::IntArrayRef({15}));
}

TEST(OperatorsTest, OnlyWhatIsListedIsAllowed) {
    EXPECT_TRUE(is_allowed_operator("linear"));
    EXPECT_TRUE(is_allowed_operator("_adaptive_avg_pool2d"));
    EXPECT_TRUE(is_allowed_operator("zeros_like"));
    for (const char* name : {"", "from_file", "set_", "resize_", "_reshape_alias", "save"}) {
        EXPECT_FALSE(is_allowed_operator(name)) << name;
    }
}

}  // namespace
}  // namespace trilby::backends
