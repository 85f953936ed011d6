// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/recorded/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "backends/torch/recorded/any_batch.hpp"

namespace trilby::backends {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using torch::Tensor;
using Tensors = std::vector<Tensor>;
using Function = std::function<Tensor(const Tensors&)>;

std::vector<std::string> targets_of(const pt2::Graph& graph) {
    std::vector<std::string> targets;
    for (const pt2::Node& node : graph.nodes) {
        targets.push_back(node.target);
    }
    return targets;
}

RecordedCalls record(const Function& function, std::int64_t batch, const NamedTensors& state = {}) {
    return record_calls(function, {{"x", torch::ones({batch, 4})}}, state);
}

Result<RecordedCalls> for_any_size(const Function& function, const NamedTensors& state = {}) {
    return for_any_batch({record(function, 3, state), record(function, 5, state), 3, 5});
}

TEST(RecorderTest, KeepsCallsAsTheProgramMakesThem) {
    torch::nn::Linear layer(4, 2);
    const auto calls = record(
        [&](const Tensors& x) { return torch::linear(x[0], layer->weight, layer->bias).relu_(); },
        3, state_of(*layer));
    // Not what LibTorch makes of them, such as addmm.
    EXPECT_THAT(targets_of(calls.graph),
                ElementsAre("torch.ops.aten.linear.default", "torch.ops.aten.relu_.default"));
    const pt2::Node& linear = calls.graph.nodes[0];
    EXPECT_EQ(linear.inputs[0].name, "input");
    EXPECT_EQ(pt2::name_in(linear.inputs[0].argument), "x");
    EXPECT_EQ(pt2::name_in(linear.inputs[1].argument), "state_weight");
    EXPECT_EQ(pt2::name_in(calls.graph.nodes[1].inputs[0].argument), linear.outputs[0].names[0]);
    EXPECT_EQ(pt2::name_in(calls.graph.outputs[0]), calls.graph.nodes[1].outputs[0].names[0]);
    EXPECT_FALSE(calls_are_recorded());
}

TEST(RecorderTest, OtherTensorsAreConstants) {
    const Tensor shift = torch::tensor({1.0F, 2.0F, 3.0F, 4.0F});
    const auto calls = record([&](const Tensors& x) { return x[0] + shift; }, 3);
    ASSERT_EQ(calls.inputs.size(), 2U);
    EXPECT_EQ(calls.inputs[1].kind, pt2::InputSpec::Kind::constant);
    EXPECT_TRUE(torch::equal(calls.tensors.at(calls.inputs[1].target), shift));
}

TEST(RecorderTest, ConstantsOutliveTheirMemory) {
    std::vector<float> numbers{1, 2, 3, 4};
    const auto calls = record(
        [&](const Tensors& x) { return x[0] + torch::from_blob(numbers.data(), {4}).clone(); }, 3);
    numbers = {7, 7, 7, 7};
    EXPECT_TRUE(torch::equal(calls.tensors.at(calls.inputs[1].target),
                             torch::tensor({1.0F, 2.0F, 3.0F, 4.0F})));
}

TEST(RecorderTest, RecordsNothingAfterAnError) {
    EXPECT_ANY_THROW(record([](const Tensors& x) { return x[0].view({7}); }, 3));
    EXPECT_FALSE(calls_are_recorded());
    EXPECT_NO_THROW(record([](const Tensors& x) { return x[0] * 2; }, 3));
}

TEST(RecorderTest, NumbersOfATensorAreRefused) {
    EXPECT_THROW(record([](const Tensors& x) { return x[0] * x[0].sum().item<double>(); }, 3),
                 c10::Error);
}

TEST(AnyBatchTest, NumbersThatFollowTheBatchAreComputedFromIt) {
    const auto calls = for_any_size([](const Tensors& x) {
        return x[0].view({x[0].size(0), 2, 2}).reshape({2 * x[0].size(0), 2});
    });
    ASSERT_TRUE(calls) << calls.error().message;
    EXPECT_THAT(targets_of(calls->graph),
                ElementsAre("torch.ops.aten.sym_size.int", "_operator.mul",
                            "torch.ops.aten.view.default", "torch.ops.aten.reshape.default"));
    const auto& sizes = std::get<pt2::Arguments>(calls->graph.nodes[3].inputs[1].argument.content);
    EXPECT_EQ(pt2::name_in(sizes[0]), calls->graph.nodes[1].outputs[0].names[0]);
    EXPECT_EQ(std::get<std::int64_t>(sizes[1].content), 2);
    const auto& shape = calls->graph.tensors.at(pt2::name_in(calls->graph.outputs[0]));
    EXPECT_FALSE(shape.sizes[0].number);
    EXPECT_EQ(shape.sizes[1].number, 2);
}

TEST(AnyBatchTest, WhatFollowsTheBatchOtherwiseIsRefused) {
    const auto refused = [](const Function& function) {
        const auto calls = for_any_size(function);
        return calls ? std::string("recorded") : calls.error().message;
    };
    EXPECT_THAT(refused([](const Tensors& x) { return x[0].sum() * (x[0].size(0) + 1); }),
                HasSubstr("depends on the size of the batch"));
    EXPECT_THAT(refused([](const Tensors& x) { return x[0].size(0) > 3 ? x[0] * 2 : x[0]; }),
                HasSubstr("what the network computes"));
    EXPECT_THAT(refused([](const Tensors& x) {
                    std::vector<float> numbers(4, static_cast<float>(x[0].size(0)));
                    return x[0] + torch::from_blob(numbers.data(), {4}).clone();
                }),
                HasSubstr("a constant depends"));
}

}  // namespace
}  // namespace trilby::backends
