// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/state_dict.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/made_archive.hpp"
#include "support/temporary_folder.hpp"
#include "tensors/state_dict_writer.hpp"

namespace trilby::tensors {
namespace {

using namespace std::string_literals;
using safetensors::TensorView;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// What torch.save() wrote of {"a": torch.ones(2, 3).t(), "n": 5}, and of a model with a buffer.
const std::string storage =
    "(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
    "0X\x03\0\0\0cpuK\x06tQ"s;
const std::string tensor = "ctorch._utils\n_rebuild_tensor_v2\n("s + storage +
                           "K\0K\x03K\x02\x86K\x01K\x03\x86\x89"
                           "ccollections\nOrderedDict\n)RtR"s;

std::string text(const std::string& content) {
    return "X"s + static_cast<char>(content.size()) + "\0\0\0"s + content;
}

std::string error_of(const std::string& pickle) {
    const auto read = read_pickle(pickle);
    return read ? "no error" : read.error().message;
}

TEST(PickleTest, ADictionaryOfTensorsIsRead) {
    const auto tensors =
        read_pickle("\x80\x02}q\x00("s + text("a") + tensor + text("n") + "K\x05u."s);
    ASSERT_TRUE(tensors) << tensors.error().message;
    ASSERT_EQ(tensors->size(), 1U);
    EXPECT_EQ((*tensors)[0].name, "a");
    EXPECT_EQ((*tensors)[0].dtype, "F32");
    EXPECT_EQ((*tensors)[0].shape, (std::vector<std::int64_t>{3, 2}));
    EXPECT_EQ((*tensors)[0].strides, (std::vector<std::int64_t>{1, 3}));
    EXPECT_EQ((*tensors)[0].storage, "0");
}

TEST(PickleTest, DictionariesInDictionariesGiveLongerNames) {
    const auto tensors =
        read_pickle("\x80\x02}("s + text("model") + "ccollections\nOrderedDict\n)R("s + text("w") +
                    tensor + "u}" + text("_metadata") + "}sb" + "u."s);
    ASSERT_TRUE(tensors) << tensors.error().message;
    ASSERT_EQ(tensors->size(), 1U);
    EXPECT_EQ((*tensors)[0].name, "model.w");
}

TEST(PickleTest, FunctionsOfPythonAreRefusedByName) {
    EXPECT_THAT(error_of("\x80\x02"
                         "cos\nsystem\n"s +
                         text("id") + "\x85R."s),
                HasSubstr("it needs 'os.system' of Python"));
    EXPECT_THAT(error_of("\x80\x04"s + text("builtins") + text("eval") + "\x93."s),
                HasSubstr("it needs 'builtins.eval' of Python"));
    EXPECT_THAT(error_of("\x80\x02(i."s), HasSubstr("it has the operation 0x69 of pickles"));
}

TEST(PickleTest, NoCutPickleIsACrash) {
    const std::string whole = "\x80\x02}q\x00("s + text("a") + tensor + text("n") + "K\x05u."s;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(read_pickle(whole.substr(0, size))) << size;
    }
}

TEST(PickleTest, WhatContainsItselfEnds) {
    // A dictionary that is a value of itself.
    EXPECT_THAT(error_of("\x80\x02}q\x00("s + text("a") + "h\x00u."s),
                HasSubstr("nested too deeply"));
    // Each dictionary twice in the next one: 2^60 paths.
    std::string twice = "\x80\x02}q\x00"s;
    for (int i = 0; i < 30; ++i) {
        twice += "}("s + text("a") + "h\x00"s + text("b") + "h\x00uq\x00"s;
    }
    EXPECT_THAT(error_of(twice + "."), HasSubstr("nested too deeply or too often"));
}

TEST(PickleTest, RepeatedValuesNeedNoMemory) {
    // A text of 60,000 bytes that is repeated by two bytes each time.
    const std::string large(60'000, 'n');
    std::string pickle = "\x80\x02X"s + static_cast<char>(large.size() & 0xff) +
                         static_cast<char>(large.size() >> 8) + "\0\0"s + large + "q\x00]("s;
    for (int i = 0; i < 100'000; ++i) {
        pickle += "h\x00"s;
    }
    const auto tensors = read_pickle(pickle + "e.");
    ASSERT_TRUE(tensors) << tensors.error().message;
    EXPECT_THAT(error_of("\x80\x02}(X"s + static_cast<char>(large.size() & 0xff) +
                         static_cast<char>(large.size() >> 8) + "\0\0"s + large + tensor + "u."),
                HasSubstr("a name in it is too long"));
}

TEST(PickleTest, OtherValuesAreLeftOut) {
    const auto tensors =
        read_pickle("\x80\x02]q\x00(K\x01NG\0\0\0\0\0\0\0\0\x8a\x01\xffJ\xff\xff\xff\xff\x65."s);
    ASSERT_TRUE(tensors) << tensors.error().message;
    EXPECT_THAT(*tensors, IsEmpty());
}

class StateDictTest : public ::testing::Test {
  protected:
    trilby::testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / "a.pt";
};

TEST_F(StateDictTest, WhatIsWrittenReadsBack) {
    const std::vector<std::byte> bytes(24);
    ASSERT_TRUE(write_state_dict(
        path_, std::vector<TensorView>{{"a.weight", "BF16", {3, 4}, bytes},
                                       {"b", "I64", {}, std::span(bytes).first(8)}}));
    const auto file = StateDict::open(path_);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_EQ(file->tensors().size(), 2U);
    EXPECT_EQ(file->tensors()[0].name, "a.weight");
    EXPECT_EQ(file->tensors()[0].dtype, "BF16");
    EXPECT_EQ(file->tensors()[0].strides, (std::vector<std::int64_t>{4, 1}));
    EXPECT_EQ(file->tensors()[1].shape, std::vector<std::int64_t>{});
}

TEST_F(StateDictTest, ATensorMustBeInsideOfItsBytes) {
    const std::string pickle = "\x80\x02}("s + text("a") + tensor + "u."s;
    const auto open = [&](std::size_t bytes) {
        trilby::testing::write_archive(
            path_, {{"m/data.pkl", pickle}, {"m/data/0", std::string(bytes, 'x')}});
        return StateDict::open(path_);
    };
    EXPECT_TRUE(open(24));
    EXPECT_THAT(open(23).error().message, HasSubstr("tensor 'a' is not inside of its 23 bytes"));
    trilby::testing::write_archive(path_, {{"m/data.pkl", pickle}});
    EXPECT_THAT(StateDict::open(path_).error().message, HasSubstr("tensor 'a' has no bytes"));
}

}  // namespace
}  // namespace trilby::tensors
