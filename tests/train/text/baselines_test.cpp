// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/baselines.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace trilby::train::text {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
        all += text;
    }
    return all;
}

double nats(std::string_view training, std::string_view held_out, std::size_t order) {
    const auto first = bytes_of(training);
    const auto second = bytes_of(held_out);
    return ngram_nats(std::span<const std::uint8_t>(first), std::span<const std::uint8_t>(second),
                      256, order);
}

TEST(Baselines, FrequencyAloneReachesTheEntropy) {
    const std::string text = repeated("aabc", 1000);
    const double entropy = 0.5 * std::log(2.0) + 0.5 * std::log(4.0);
    EXPECT_NEAR(nats(text, text, 0), entropy, 0.01);
}

TEST(Baselines, TokensBeforeTellWhatFollows) {
    const std::string text = repeated("abac", 1000);
    EXPECT_NEAR(nats(text, text, 2), 0.0, 0.02);
    EXPECT_NEAR(nats(text, text, 1), 0.5 * std::log(2.0), 0.02);
}

TEST(Baselines, NeverSeenTokensAreImprobableButPossible) {
    const double surprised = nats(repeated("ab", 100), "z", 2);
    EXPECT_GT(surprised, std::log(256.0));
    EXPECT_TRUE(std::isfinite(surprised));
}

TEST(Baselines, HighTokensOfLargeVocabulariesDoNotCollide) {
    std::vector<std::int32_t> text;
    for (int i = 0; i < 3000; ++i) {
        text.push_back(i % 2 == 0 ? 1023 : 1022 - i % 4);
    }
    const std::span<const std::int32_t> tokens(text);
    EXPECT_NEAR(ngram_nats(tokens, tokens, 1024, 2), 0.0, 0.05);
}

TEST(Baselines, AreMeasuredPerCharacterOfUtf8Bytes) {
    const auto text = bytes_of(repeated("ü", 500));  // two bytes per character
    const std::span<const std::uint8_t> tokens(text);
    const auto baselines = baselines_of(Schema{}, tokens, tokens);
    ASSERT_EQ(baselines.size(), 2U);
    EXPECT_EQ(baselines[0].name, "frequency of bytes");
    const Metrics& metrics = baselines[0].metrics;
    EXPECT_NEAR(*metrics.at("loss").content, std::log(2.0), 0.01);
    EXPECT_NEAR(*metrics.at("bits_per_character").content, 2.0, 0.03);
}

}  // namespace
}  // namespace trilby::train::text
