// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/text_profile.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace trilby::data {
namespace {

using ::testing::HasSubstr;

class TextProfileTest : public ::testing::Test {
  protected:
    [[nodiscard]] Result<TextSummary> profile(std::string_view content) const {
        auto profile = profile_text(folder_.write("t.txt", content));
        if (!profile) {
            return std::unexpected(profile.error());
        }
        return profile->summary;
    }
    testing::TemporaryFolder folder_;
};

TEST_F(TextProfileTest, CountsCharactersAndTheirEntropy) {
    const auto text = profile("abab\nü");
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->is_utf8);
    EXPECT_EQ(text->bytes, 7U);
    EXPECT_EQ(text->characters, 6U);
    EXPECT_EQ(text->distinct, 4U);
    EXPECT_EQ(text->lines, 1U);
    EXPECT_NEAR(text->entropy_nats, std::log(3.0) * 2 / 3 + std::log(6.0) / 3, 1e-12);
}

TEST_F(TextProfileTest, CountsCharactersThatCrossItsBuffer) {
    const std::string content = "a" + [] {
        std::string text;
        for (int i = 0; i < 1'000'000; ++i) {
            text += "ü";
        }
        return text;
    }();
    const auto text = profile(content);
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->is_utf8);
    EXPECT_EQ(text->bytes, content.size());
    EXPECT_EQ(text->characters, 1'000'001U);
}

TEST_F(TextProfileTest, CountsBytesOfOtherEncodings) {
    const auto text = profile("caf\xe9");
    ASSERT_TRUE(text);
    EXPECT_FALSE(text->is_utf8);
    EXPECT_EQ(text->characters, 4U);
    EXPECT_FALSE(profile("abc\xc3")->is_utf8);  // half a character at the end
}

TEST_F(TextProfileTest, ListsDistinctCharactersInOrder) {
    EXPECT_EQ(profile_text(folder_.write("t.txt", "bübA\n"))->characters, U"\nAbü");
    EXPECT_EQ(profile_text(folder_.write("t.txt", "caf\xe9"))->characters, U"");
}

TEST_F(TextProfileTest, RefusesEmptyFiles) {
    EXPECT_THAT(profile("").error().message, HasSubstr("is empty"));
}

}  // namespace
}  // namespace trilby::data
