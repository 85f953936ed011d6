// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/state_dict_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"
#include "tensors/zip_archive.hpp"

namespace trilby::tensors {
namespace {

using safetensors::TensorView;
using ::testing::HasSubstr;

// That PyTorch reads the files is tested with the command (tests/cli/own_model.sh).

class StateDictWriterTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "a.pt";
};

TEST_F(StateDictWriterTest, EachTensorHasItsBytesAndItsPickle) {
    const std::vector<std::byte> bytes(24, std::byte{7});
    ASSERT_TRUE(write_state_dict(
        path_, std::vector<TensorView>{{"a.weight", "F32", {2, 3}, bytes},
                                       {"b", "I64", {}, std::span(bytes).first(8)}}));
    const auto archive = ZipArchive::open(path_);
    ASSERT_TRUE(archive) << archive.error().message;
    EXPECT_EQ(archive->read_text("data/0", 100), std::string(24, '\7'));
    EXPECT_EQ(archive->read_text("data/1", 100), std::string(8, '\7'));
    EXPECT_EQ(archive->read_text("version", 100), "3\n");
    const std::string pickle = archive->read_text("data.pkl", 10'000).value();
    EXPECT_TRUE(pickle.starts_with("\x80\x02}("));
    EXPECT_TRUE(pickle.ends_with("u."));
    EXPECT_THAT(pickle, HasSubstr("ctorch._utils\n_rebuild_tensor_v2\n"));
    EXPECT_THAT(pickle, HasSubstr("ctorch\nFloatStorage\n"));
    EXPECT_THAT(pickle, HasSubstr("ctorch\nLongStorage\n"));
    EXPECT_THAT(pickle, HasSubstr("a.weight"));
}

TEST_F(StateDictWriterTest, TypesThatPyTorchDoesNotHaveAreNamed) {
    const std::vector<std::byte> bytes(1);
    const auto written =
        write_state_dict(path_, std::vector<TensorView>{{"a", "F8_E8M0", {1}, bytes}});
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::usage);
    EXPECT_THAT(written.error().message, HasSubstr("tensor 'a' has the type F8_E8M0"));
    EXPECT_FALSE(std::filesystem::exists(path_));
}

}  // namespace
}  // namespace trilby::tensors
