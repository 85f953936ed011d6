// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <vector>

#include "base/json.hpp"
#include "base/sha256.hpp"
#include "support/temporary_folder.hpp"

namespace trilby::train {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Pair;
using trilby::testing::read_file;

const std::array<float, 3> weights{1.0F, -2.0F, 0.5F};
const std::array<std::int64_t, 1> step{42};

std::vector<TensorView> tensors() {
    return {{"weight", "F32", {3, 1}, std::as_bytes(std::span(weights))},
            {"step", "I64", {}, std::as_bytes(std::span(step))},
            {"empty", "U8", {0}, {}}};
}

class CheckpointTest : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_TRUE(write_checkpoint(path_, tensors(), {{"epoch", "3"}, {"note", "\"quoted\""}}));
    }
    /// Reads `content` as a checkpoint.
    Result<Checkpoint> read(std::string_view content) {
        return Checkpoint::read(folder_.write("damaged", content));
    }

    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "checkpoint.safetensors";
};

/// A safetensors file with this header and a number of zero bytes.
std::string file_with(const std::string& header, std::size_t data_bytes = 0) {
    std::string bytes(8, '\0');
    const std::uint64_t length = header.size();
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + header + std::string(data_bytes, '\0');
}

/// The same with the right digest: `tensors` are the members after the metadata.
std::string signed_file(const std::string& tensors, std::string_view data) {
    const std::string blank(64, '0');
    const std::string header =
        R"({"__metadata__":{"trilby.sha256":")" + blank + R"("},)" + tensors + "}";
    std::string file = file_with(header);
    file += data;
    Sha256 digest;
    digest.update(std::as_bytes(std::span(file)));
    return file.replace(file.find(blank), blank.size(), digest.finish());
}

TEST(Metadata, IsTheSameAfterItWasText) {
    const Metadata metadata{{"a", "1\n2"}, {"b", "\"\\\u00e9\""}, {"", ""}};
    EXPECT_EQ(metadata_of(to_text(metadata)), metadata);
    EXPECT_FALSE(metadata_of("{\"a\": 1}"));
    EXPECT_FALSE(metadata_of("no JSON"));
}

TEST(Metadata, HasHowTheRunSharesTheMachineUnlessThatCannotBeTrue) {
    Metadata metadata;
    EXPECT_FALSE(sharing_of(metadata)) << "of an earlier version";
    add_sharing(metadata, {.threads = 3, .processes = 2});
    EXPECT_EQ(sharing_of(metadata), (Sharing{.threads = 3, .processes = 2}));
    for (const char* wrong : {"0", "-1", "2x", "", "99999999999"}) {
        metadata["trilby.threads"] = wrong;
        EXPECT_FALSE(sharing_of(metadata)) << wrong;
    }
}

TEST_F(CheckpointTest, ReadsBackWhatWasWritten) {
    const auto checkpoint = Checkpoint::read(path_);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_THAT(checkpoint->metadata(), Contains(Pair("epoch", "3")));
    EXPECT_THAT(checkpoint->metadata(), Contains(Pair("note", "\"quoted\"")));
    const auto expected = tensors();
    ASSERT_EQ(checkpoint->tensors().size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const TensorView& read = checkpoint->tensors()[i];
        EXPECT_EQ(read.name, expected[i].name);
        EXPECT_EQ(read.dtype, expected[i].dtype);
        EXPECT_EQ(read.shape, expected[i].shape);
        EXPECT_TRUE(std::ranges::equal(read.bytes, expected[i].bytes));
    }
}

TEST_F(CheckpointTest, FollowsTheSafetensorsFormat) {
    const std::string file = read_file(path_);
    std::uint64_t length = 0;
    std::memcpy(&length, file.data(), sizeof length);
    EXPECT_EQ((8 + length) % 64, 0U) << "tensors are not aligned";
    const auto header = json::parse(file.substr(8, length), "header");
    ASSERT_TRUE(header);
    const auto& weight = header->at("weight");
    EXPECT_EQ(weight.at("dtype").as_string(), "F32");
    EXPECT_EQ(weight.at("shape"), (json::array{3, 1}));
    EXPECT_EQ(weight.at("data_offsets"), (json::array{0, 12}));
}

TEST_F(CheckpointTest, TheBytesOfAFileDoNotChangeBetweenVersions) {
    EXPECT_EQ(Checkpoint::read(path_)->metadata().at("trilby.sha256"),
              "6985a0fe2dd85fa52c9cd66438fbb5269434303fb1a99d83da1dcdf61b486034");
}

TEST_F(CheckpointTest, EveryFlippedBitIsDetected) {
    const std::string whole = read_file(path_);
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
        std::string damaged = whole;
        damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
        const auto checkpoint = read(damaged);
        ASSERT_FALSE(checkpoint) << "bit " << bit;
        EXPECT_EQ(checkpoint.error().code, ErrorCode::bad_data);
    }
}

TEST_F(CheckpointTest, EveryTruncationIsDetected) {
    const std::string whole = read_file(path_);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(read(whole.substr(0, size))) << size;
    }
    EXPECT_FALSE(read(whole + '\0'));
}

TEST_F(CheckpointTest, HostileHeadersAreRefused) {
    for (const char* header :
         {"[]", "{", "{\"t\":1}", "{\"t\":{\"dtype\":\"F32\"}}",
          R"({"t":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}})",
          R"({"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})",
          R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})",
          R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}})",
          R"({"t":{"dtype":"F32","shape":[1],"data_offsets":[0]}})",
          R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})",
          R"({"t":{"dtype":"F32","shape":[1024],"data_offsets":[0,4096]}})",
          R"({"t":{"dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0]}})"}) {
        const auto checkpoint = read(file_with(header, 8));
        ASSERT_FALSE(checkpoint) << header;
        EXPECT_EQ(checkpoint.error().code, ErrorCode::bad_data) << header;
        EXPECT_THAT(checkpoint.error().message, HasSubstr("is damaged")) << header;
    }
}

TEST_F(CheckpointTest, TensorsThatDoNotFillTheFileOnceAreRefused) {
    const auto message = [&](const std::string& tensors) {
        const auto checkpoint = read(signed_file(tensors, std::string(8, '\0')));
        return checkpoint ? std::string("read") : checkpoint.error().message;
    };
    const std::string a = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
    const std::string b = R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]})";
    EXPECT_EQ(message(a + "," + b), "read");
    EXPECT_EQ(message(b + "," + a), "read");
    for (const std::string& tensors :
         {a, b, a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})",
          a + "," + b + R"(,"c":{"dtype":"U8","shape":[2],"data_offsets":[3,5]})"}) {
        EXPECT_THAT(message(tensors), HasSubstr("overlap or leave bytes out")) << tensors;
    }
}

TEST_F(CheckpointTest, AKeyThatOccursTwiceIsRefused) {
    const std::string tensor = R"("a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]})";
    const std::string other = R"("a":{"dtype":"I32","shape":[1],"data_offsets":[0,4]})";
    const std::string inner =
        R"("a":{"dtype":"I32","dtype":"F32","shape":[1],"data_offsets":[0,4]})";
    EXPECT_TRUE(read(signed_file(tensor, "1234")));
    for (const std::string& tensors : {tensor + "," + other, tensor + "," + tensor, inner}) {
        const auto checkpoint = read(signed_file(tensors, "1234"));
        ASSERT_FALSE(checkpoint) << tensors;
        EXPECT_THAT(checkpoint.error().message, HasSubstr("a key twice")) << tensors;
    }
}

TEST_F(CheckpointTest, HasInfiniteValuesAsTheyAre) {
    const std::array<float, 2> mask{0.0F, -std::numeric_limits<float>::infinity()};
    const auto file = folder_ / "mask";
    ASSERT_TRUE(write_checkpoint(
        file, std::vector<TensorView>{{"mask", "F32", {2}, std::as_bytes(std::span(mask))}}, {}));
    const auto checkpoint = Checkpoint::read(file);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;
    EXPECT_TRUE(
        std::ranges::equal(checkpoint->tensors().at(0).bytes, std::as_bytes(std::span(mask))));
}

TEST(Checkpoint, IsRefusedBeforehandIfItWouldBeTooLargeToRead) {
    EXPECT_TRUE(require_readable(std::uint64_t{60} << 30, 1000));
    const auto too_large = require_readable(std::uint64_t{64} << 30, 1000);
    ASSERT_FALSE(too_large);
    EXPECT_EQ(too_large.error().code, ErrorCode::unavailable);
    EXPECT_THAT(too_large.error().message, HasSubstr("more than the 64 GiB that can be read"));
    EXPECT_THAT(require_readable(1000, 110'000'000).error().message,
                HasSubstr("more than the 95 MiB that can be read"));
}

TEST_F(CheckpointTest, ForeignFileWithoutDigestIsRefused) {
    EXPECT_THAT(read(file_with("{}")).error().message, HasSubstr("SHA-256"));
}

TEST_F(CheckpointTest, MissingFileIsAnInputError) {
    EXPECT_EQ(Checkpoint::read(folder_ / "none").error().code, ErrorCode::no_input);
}

TEST_F(CheckpointTest, MetadataAreReadFromTheHeaderAlone) {
    EXPECT_EQ(read_metadata(path_)->at("note"), "\"quoted\"");
    const std::string content = read_file(path_);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{7}, std::size_t{30}, content.size() - 1}) {
        folder_.write("cut", content.substr(0, size));
        EXPECT_THAT(read_metadata(folder_ / "cut").error().message, HasSubstr("is damaged"));
    }
    EXPECT_EQ(read_metadata(folder_ / "none").error().code, ErrorCode::no_input);
}

}  // namespace
}  // namespace trilby::train
