// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/predictions.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "train/text/data.hpp"

namespace trilby::train::text {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TextPredictionsTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<PreparedData> read(std::string_view content) const {
        Settings settings;
        settings.context = 4;
        const Schema schema{.characters = {'a', 'b'}, .is_utf8 = true};
        return prepare_inputs(settings, {}, to_json(schema), {folder_.write("t.txt", content)});
    }
    testing::TemporaryFolder folder_;
};

TEST_F(TextPredictionsTest, AllOfATextIsTheTestPart) {
    const auto data = read("abbaabbaab");
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->parts, (data::Parts{.training = {}, .validation = {}, .test = {0, 10}}));
    EXPECT_THAT(data->arrays.elements<std::uint8_t>("tokens").first(4), ElementsAre(0, 1, 1, 0));
    EXPECT_TRUE(data->has_targets);
}

TEST_F(TextPredictionsTest, RefusesATextThatDoesNotFitTheRun) {
    EXPECT_THAT(read("abba").error().message, HasSubstr("has 4 tokens, expected more than"));
    EXPECT_THAT(read("abbac").error().message, HasSubstr("'c'"));
    EXPECT_THAT(prepare_inputs({}, {}, to_json(Schema{}), {"a", "b"}).error().message,
                HasSubstr("2 texts, expected one"));
}

TEST_F(TextPredictionsTest, TellWhereEachWindowStarts) {
    Settings settings;
    settings.context = 4;
    const auto data = read("abbaabbaab");
    EXPECT_EQ(output_shape(settings, *data), (Shape{2, 1}));
    const auto predictions = to_predictions(settings, *data, std::array{0.5F, 2.0F});
    ASSERT_TRUE(predictions);
    EXPECT_THAT(predictions->columns, ElementsAre("first_token", "nats_per_token"));
    EXPECT_THAT(predictions->rows[1], ElementsAre(Predictions::Cell(4.0), Predictions::Cell(2.0)));
}

}  // namespace
}  // namespace trilby::train::text
