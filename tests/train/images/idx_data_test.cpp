// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/images/idx_data.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/try.hpp"
#include "data/made_idx.hpp"
#include "support/temporary_folder.hpp"
#include "train/choose.hpp"

namespace trilby::train::images {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// Images of 28 x 28 pixels that all have the brightness of their number; the labels are 3 and 8 in
/// turn.
void write_images(const testing::TemporaryFolder& folder, const std::string& part,
                  std::uint32_t count) {
    std::string pixels;
    std::string labels;
    for (std::uint32_t i = 0; i < count; ++i) {
        pixels += std::string(28U * 28U, static_cast<char>(i));
        labels += i % 2 == 0 ? '\3' : '\10';
    }
    folder.write(part + "-images-idx3-ubyte", data::idx({count, 28, 28}, pixels));
    folder.write(part + "-labels-idx1-ubyte.gz", data::gzip(data::idx({count}, labels)));
}

class IdxDataTest : public ::testing::Test {
  protected:
    IdxDataTest() { write_images(folder_, "train", 20); }
    [[nodiscard]] Result<PreparedData> prepared(std::int64_t training_seed = 1) const {
        TRILBY_TRY(choice, train::choose(folder_.path(), {}));
        choice.recipe.training.seed = training_seed;
        return prepare(choice.recipe, std::nullopt);
    }
    testing::TemporaryFolder folder_;
};

TEST_F(IdxDataTest, HasATestPartFromItsFiles) {
    write_images(folder_, "t10k", 4);
    const auto data = prepared();
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->parts.training, (data::Range{0, 18}));
    EXPECT_EQ(data->parts.validation, (data::Range{18, 20}));
    EXPECT_EQ(data->parts.test, (data::Range{20, 24}));
    const auto pixels = data->arrays.elements<std::uint8_t>("images");
    const auto labels = data->arrays.elements<std::int32_t>("labels");
    for (std::size_t row = 0; row < labels.size(); ++row) {
        const std::uint8_t number = pixels[row * 28 * 28];
        EXPECT_EQ(labels[row], number % 2);
        EXPECT_TRUE(row < 20 || number == row - 20);
    }
    EXPECT_THAT(data->notes, Contains(HasSubstr("test is the files of the test")));
    const auto schema = parse_schema(data->schema);
    ASSERT_TRUE(schema);
    EXPECT_THAT(schema->classes, ElementsAre("3", "8"));
    EXPECT_EQ(schema->shape(), (Shape{1, 28, 28}));
}

TEST_F(IdxDataTest, SplitsATestPartOffWhereThereIsNone) {
    const auto data = prepared();
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_EQ(data->parts.training.size(), 16);
    EXPECT_EQ(data->parts.test, (data::Range{18, 20}));
    const auto pixels = data->arrays.elements<std::uint8_t>("images");
    std::vector<std::uint8_t> numbers;
    for (std::size_t row = 0; row < 20; ++row) {
        numbers.push_back(pixels[row * 28 * 28]);
    }
    std::ranges::sort(numbers);
    EXPECT_EQ(numbers.front(), 0);
    EXPECT_EQ(std::ranges::adjacent_find(numbers), numbers.end());
    const auto other = prepared(2);
    ASSERT_TRUE(other) << other.error().message;
    EXPECT_TRUE(std::ranges::equal(pixels, other->arrays.elements<std::uint8_t>("images")))
        << "the seed of the training chose other parts";
}

TEST_F(IdxDataTest, IsEvaluatedByItsTestPart) {
    write_images(folder_, "t10k", 4);
    const auto trained = prepared();
    ASSERT_TRUE(trained) << trained.error().message;
    const auto data = prepare_idx_inputs(trained->schema, folder_.path());
    ASSERT_TRUE(data) << data.error().message;
    EXPECT_TRUE(data->has_targets);
    EXPECT_EQ(data->parts.test, (data::Range{0, 4}));
    EXPECT_THAT(data->arrays.elements<std::int32_t>("labels"), ElementsAre(0, 1, 0, 1));
}

TEST_F(IdxDataTest, ReportsDamage) {
    folder_.write("train-images-idx3-ubyte", data::idx({20, 28, 28}, "short"));
    EXPECT_THAT(prepared().error().message, HasSubstr("ends in the middle of its elements"));
}

}  // namespace
}  // namespace trilby::train::images
