// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "pt2/writer.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "support/temporary_folder.hpp"
#include "support/test_files.hpp"

namespace trilby::pt2 {
namespace {

using safetensors::TensorView;
using ::testing::HasSubstr;

class WriterTest : public ::testing::Test {
  protected:
    static File model(const std::string& name) {
        return File::open(trilby::testing::exported_models() / name).value();
    }
    static std::vector<std::byte> entry_of(const File& file, std::string_view tensor) {
        const auto stored = std::ranges::find(file.program().tensors, tensor, &StoredTensor::name);
        const auto* entry = file.archive().find(stored->entry);
        std::vector<std::byte> bytes(entry->size_bytes);
        EXPECT_TRUE(file.archive().read(*entry, bytes));
        return bytes;
    }

    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "trained.pt2";
};

TEST_F(WriterTest, GivenTensorsHaveTheirNewValuesAndTheOthersTheirOld) {
    const File before = model("mlp.pt2");
    const std::vector<std::byte> values(16 * 4, std::byte{0x3f});
    ASSERT_TRUE(write_with_values(path_, before,
                                  std::vector<TensorView>{{"net.3.bias", "F32", {16}, values}}));
    const auto after = File::open(path_);
    ASSERT_TRUE(after) << after.error().message;
    const auto bias = entry_of(*after, "net.3.bias");
    EXPECT_TRUE(std::equal(values.begin(), values.end(), bias.begin()));
    EXPECT_EQ(entry_of(*after, "net.0.weight"), entry_of(before, "net.0.weight"));
    EXPECT_EQ(after->program().graph.nodes.size(), before.program().graph.nodes.size());
    EXPECT_EQ(after->archive().entries().size(), before.archive().entries().size());
}

TEST_F(WriterTest, TensorsThatTheModelDoesNotHaveAreNamed) {
    const std::vector<std::byte> values(16 * 4);
    const auto write = [&](const TensorView& tensor) {
        return write_with_values(path_, model("mlp.pt2"), std::vector{tensor}).error().message;
    };
    EXPECT_THAT(write({"other", "F32", {16}, values}),
                HasSubstr("the model has no tensor 'other'"));
    EXPECT_THAT(write({"net.3.bias", "F32", {4, 4}, values}),
                HasSubstr("'net.3.bias' of the model has another type or shape"));
    EXPECT_THAT(write({"net.3.bias", "I32", {16}, values}), HasSubstr("another type or shape"));
    EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace trilby::pt2
