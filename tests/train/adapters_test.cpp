// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/adapters.hpp"

#include <array>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <span>

namespace trilby::train {
namespace {

using safetensors::TensorView;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<float, 6> base{1, 2, 3, 4, 5, 6};  // 2 x 3
constexpr std::array<float, 3> input{1, 0, -1};         // rank 1
constexpr std::array<float, 2> output{10, 20};

std::vector<float> numbers_of(const TensorView& tensor) {
    std::vector<float> numbers(tensor.bytes.size() / sizeof(float));
    std::memcpy(numbers.data(), tensor.bytes.data(), tensor.bytes.size());
    return numbers;
}

std::vector<TensorView> adapted_weights() {
    return {{"a.weight", "F32", {2, 3}, std::as_bytes(std::span(base))},
            {"a.weight_lora_a", "F32", {1, 3}, std::as_bytes(std::span(input))},
            {"a.weight_lora_b", "F32", {2, 1}, std::as_bytes(std::span(output))},
            {"a.bias", "F32", {2}, std::as_bytes(std::span(output))}};
}

TEST(AdaptersTest, AreAddedToTheirWeights) {
    std::deque<std::vector<float>> storage;
    const auto result = merged(adapted_weights(), 0.5, storage);
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_EQ(result->size(), 2U);
    EXPECT_EQ((*result)[0].name, "a.weight");
    EXPECT_THAT(numbers_of((*result)[0]), ElementsAre(6, 2, -2, 14, 5, -4));
    EXPECT_EQ((*result)[1].name, "a.bias");
    EXPECT_THAT(numbers_of((*result)[1]), ElementsAre(10, 20));
}

TEST(AdaptersTest, WithoutAdaptersTheWeightsAreThoseOfTheNetwork) {
    std::deque<std::vector<float>> storage;
    const std::vector<TensorView> plain{adapted_weights()[0]};
    EXPECT_EQ(merged(plain, 2.0, storage).value()[0].bytes.data(), plain[0].bytes.data());
    EXPECT_TRUE(storage.empty());
}

TEST(AdaptersTest, OneThatDoesNotFitIsNamed) {
    std::deque<std::vector<float>> storage;
    auto wrong = adapted_weights();
    wrong[1].shape = {3, 1};
    EXPECT_THAT(merged(wrong, 1.0, storage).error().message, HasSubstr("'a.weight'"));
    wrong = adapted_weights();
    wrong.erase(wrong.begin() + 2);
    EXPECT_THAT(merged(wrong, 1.0, storage).error().message, HasSubstr("'a.weight'"));
}

}  // namespace
}  // namespace trilby::train
