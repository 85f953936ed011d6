// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/prepared_data.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::HasSubstr;

/// A recipe with weights for classes.
Recipe balanced_recipe(std::string_view task, std::string_view data) {
    return parse_recipe(fmt::format(R"(name = "made"
task = "{}"
[data]
{}
[training]
epochs = 1
batch_size = 4
class_weights = "balanced"
[optimizer]
name = "adamw"
learning_rate = 0.1
[schedule]
name = "constant"
[network]
)",
                                    task, data),
                        "my.toml")
        .value();
}

TEST(Prepare, TakesWeightsOnlyForClasses) {
    const testing::TemporaryFolder folder;
    std::string rows = "x,word\n";
    for (int i = 0; i < 60; ++i) {
        rows += fmt::format("{}.5,{}\n", i * 37 % 60, i % 3 == 0 ? "yes" : "no");
    }
    const auto table = folder.write("t.csv", rows).string();
    const auto prepared = [&](std::string_view target) {
        return prepare(
            balanced_recipe("table", fmt::format("path = \"{}\"\ntarget = \"{}\"", table, target)),
            std::nullopt);
    };
    const auto classes = prepared("word");
    EXPECT_TRUE(classes) << classes.error().message;
    const auto numbers = prepared("x");
    ASSERT_FALSE(numbers);
    EXPECT_EQ(numbers.error().code, ErrorCode::bad_data);
    EXPECT_THAT(numbers.error().message,
                HasSubstr("my.toml:9:17: [training]: 'class_weights' is 'balanced', but the data "
                          "have no classes to learn"));
    const auto text = folder.write("t.txt", std::string(2000, 'a') + rows).string();
    EXPECT_FALSE(
        prepare(balanced_recipe("text", fmt::format("path = \"{}\"", text)), std::nullopt));
}

TEST(Parts, SurviveARoundTrip) {
    const data::Parts parts{{0, 8}, {8, 9}, {9, 9}};
    EXPECT_EQ(parse_parts({{"parts", to_json(parts)}}, "parts").value(), parts);
}

TEST(Parts, ThatEndBeforeTheyBeginAreRefused) {
    EXPECT_FALSE(parse_parts({{"parts", to_json(data::Parts{{5, 4}, {}, {}})}}, "parts"));
    EXPECT_FALSE(parse_parts({{"parts", to_json(data::Parts{{-1, 4}, {}, {}})}}, "parts"));
    EXPECT_FALSE(parse_parts({}, "parts"));
}

}  // namespace
}  // namespace trilby::train
