// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/head.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pt2/file.hpp"
#include "pt2/writer.hpp"
#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::pt2 {
namespace {

using safetensors::TensorView;
using ::testing::HasSubstr;

File model(const std::string& name) {
    return File::open(trilby::testing::exported_models() / name).value();
}

TEST(HeadTest, IsTheLastLinearLayer) {
    const auto head = find_head(model("mlp.pt2").program());
    ASSERT_TRUE(head) << head.error().message;
    EXPECT_EQ(head->weight, "net.5.weight");
    EXPECT_EQ(head->bias, "net.5.bias");
}

TEST(HeadTest, OneThatCannotBeReplacedIsExplained) {
    EXPECT_THAT(find_head(model("gpt.pt2").program()).error().message,
                HasSubstr("'head.weight' is used by another layer too"));
    EXPECT_THAT(find_head(model("lstm.pt2").program()).error().message,
                HasSubstr("its result comes from aten.view"));
    EXPECT_THAT(find_head(model("custom.pt2").program()).error().message,
                HasSubstr("its result comes from aten.add"));
}

TEST(HeadTest, IsWrittenWithOtherOutputs) {
    const trilby::testing::TemporaryFolder folder;
    const std::vector<std::byte> weight(5 * 16 * 4, std::byte{0x3f});
    const std::vector<std::byte> bias(5 * 4, std::byte{0x3e});
    ASSERT_TRUE(write_with_values(folder / "new.pt2", model("mlp.pt2"),
                                  std::vector<TensorView>{{"net.5.weight", "F32", {5, 16}, weight},
                                                          {"net.5.bias", "F32", {5}, bias}}));
    const auto file = File::open(folder / "new.pt2");
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(sizes_in_words(user_outputs(file->program()).at(0).meta), "any x 5");
    const StoredTensor* stored = find_tensor(file->program(), "net.5.weight");
    ASSERT_NE(stored, nullptr);
    EXPECT_EQ(stored->sizes, (std::vector<std::int64_t>{5, 16}));
    const auto filled = with_values(*file, {});
    ASSERT_TRUE(filled);
    EXPECT_EQ(row_major(*stored, filled->entries.at(stored->entry)), weight);
}

TEST(HeadTest, OtherTensorsKeepTheirShapes) {
    const std::vector<std::byte> values(5 * 32 * 4);
    EXPECT_THAT(with_values(model("mlp.pt2"),
                            std::vector<TensorView>{{"net.3.weight", "F32", {5, 32}, values}})
                    .error()
                    .message,
                HasSubstr("another type or shape"));
}

}  // namespace
}  // namespace trilby::pt2
