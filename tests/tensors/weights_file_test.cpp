// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/weights_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "tensors/state_dict_writer.hpp"

namespace trilby::tensors {
namespace {

using safetensors::TensorView;
using ::testing::HasSubstr;

class WeightsFileTest : public ::testing::Test {
  protected:
    void expect_both_tensors(const std::filesystem::path& path) const {
        const auto file = WeightsFile::open(path);
        ASSERT_TRUE(file) << file.error().message;
        ASSERT_EQ(file->weights().size(), 2U);
        const Weight* weight = file->find("net.weight");
        ASSERT_NE(weight, nullptr);
        EXPECT_EQ(weight->dtype, "F32");
        EXPECT_EQ(weight->shape, (std::vector<std::int64_t>{2, 3}));
        EXPECT_EQ(file->read(*weight).value(), bytes_);
        EXPECT_EQ(file->find("other"), nullptr);
        EXPECT_FALSE(file->read({"other", "F32", {1}}));
    }

    trilby::testing::TemporaryFolder folder_;
    std::vector<std::byte> bytes_ = std::vector<std::byte>(24, std::byte{0x3f});
    std::vector<TensorView> tensors_{{"net.weight", "F32", {2, 3}, bytes_},
                                     {"net.bias", "F32", {6}, bytes_}};
};

TEST_F(WeightsFileTest, ReadsSafetensors) {
    ASSERT_TRUE(safetensors::write(folder_ / "weights.safetensors", tensors_));
    expect_both_tensors(folder_ / "weights.safetensors");
}

TEST_F(WeightsFileTest, ReadsAStateDict) {
    ASSERT_TRUE(write_state_dict(folder_ / "weights.pt", tensors_));
    expect_both_tensors(folder_ / "weights.pt");
}

TEST_F(WeightsFileTest, ReadsSeveralFilesWithAnIndex) {
    ASSERT_TRUE(safetensors::write(folder_ / "a.safetensors", std::vector{tensors_[0]}));
    ASSERT_TRUE(safetensors::write(folder_ / "b.safetensors", std::vector{tensors_[1]}));
    const auto index = folder_.write(
        "model.safetensors.index.json",
        R"({"weight_map": {"net.weight": "a.safetensors", "net.bias": "b.safetensors"}})");
    expect_both_tensors(index);
}

TEST_F(WeightsFileTest, OtherFilesAreNamed) {
    const auto refused = [](const std::filesystem::path& path) {
        return WeightsFile::open(path).error();
    };
    EXPECT_EQ(refused(folder_ / "none").code, ErrorCode::no_input);
    EXPECT_THAT(refused(folder_.write("text", "weights?")).message,
                HasSubstr("no format that Trilby knows"));
    EXPECT_THAT(refused(folder_.write("model.gguf", "GGUF\3\0\0\0 and more")).message,
                HasSubstr("a GGUF file"));
}

}  // namespace
}  // namespace trilby::tensors
