// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/header.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tensors/made_files.hpp"

namespace trilby::tensors {
namespace {

using safetensors::MetadataEntry;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using trilby::testing::bytes_entry;
using trilby::testing::file_claiming;
using trilby::testing::file_with;

std::expected<Header, std::string> read(std::string_view file) {
    return read_header(std::as_bytes(std::span(file)), file.size());
}

/// Why a file is refused.
std::string refused(std::string_view file) {
    const auto header = read(file);
    return header ? "it is read" : header.error();
}

/// A header whose only tensor has these members, with 4 bytes of data.
std::string with_members(std::string_view members) {
    return file_with(fmt::format(R"({{"t":{{{}}}}})", members), "1234");
}

TEST(HeaderTest, ReadsNamesTypesShapesAndPlaces) {
    const auto header =
        read(file_with(R"({"w":{"dtype":"F32","shape":[2,1],"data_offsets":[2,10]},)"
                       R"("b":{"data_offsets":[0,2],"shape":[],"dtype":"BF16"}}   )",
                       "0123456789"));
    ASSERT_TRUE(header) << header.error();
    ASSERT_EQ(header->tensors.size(), 2U);
    EXPECT_EQ(header->tensors[0].name, "w");
    EXPECT_EQ(header->tensors[0].dtype, "F32");
    EXPECT_THAT(header->tensors[0].shape, ElementsAre(2, 1));
    EXPECT_EQ(header->tensors[0].offset_bytes, header->end_bytes + 2);
    EXPECT_EQ(header->tensors[0].size_bytes, 8U);
    EXPECT_THAT(header->tensors[1].shape, ElementsAre());
    EXPECT_EQ(header->tensors[1].offset_bytes, header->end_bytes);
}

TEST(HeaderTest, ReadsMetadataInTheOrderOfTheFile) {
    const auto header = read(file_with(R"({"__metadata__":{"z":"1","a":"\u00e9\n"}})"));
    ASSERT_TRUE(header) << header.error();
    EXPECT_THAT(header->metadata, ElementsAre(MetadataEntry{"z", "1"}, MetadataEntry{"a", "é\n"}));
}

TEST(HeaderTest, AFileMayHaveNoTensors) {
    EXPECT_TRUE(read(file_with("{}")));
    EXPECT_TRUE(read(file_with("{}      ")));
}

TEST(HeaderTest, TheLengthIsLimitedByTheFormatAndTheFile) {
    EXPECT_THAT(refused(""), HasSubstr("shorter than the length"));
    EXPECT_THAT(refused("1234567"), HasSubstr("shorter than the length"));
    EXPECT_THAT(refused(file_claiming(0, "")), HasSubstr("does not begin with '{'"));
    EXPECT_THAT(refused(file_claiming(3, "{}")), HasSubstr("the file has only 10"));
    EXPECT_THAT(refused(file_claiming(100'000'001, "{}")), HasSubstr("at most 100000000"));
    EXPECT_THAT(refused(file_claiming(~std::uint64_t{0}, "{}")), HasSubstr("at most"));
}

TEST(HeaderTest, OnlySpacesMayFollowTheJson) {
    for (const char* header : {" {}", "\n{}", "[]", "\"\"", "1"}) {
        EXPECT_THAT(refused(file_with(header)), HasSubstr("does not begin with '{'")) << header;
    }
    for (const std::string_view header : {std::string_view("{}\0", 3), std::string_view("{}\n"),
                                          std::string_view("{}{}"), std::string_view("{} 1 ")}) {
        EXPECT_THAT(refused(file_with(header)), HasSubstr("expected only spaces")) << header;
    }
}

TEST(HeaderTest, WhatIsNotJsonIsRefusedWithItsPlace) {
    for (const char* header : {"{", "{\"a\"", "{\"a\":}", "{'a':1}", "{\"\xff\":{}}", "{,}",
                               "{\"a\":{\"dtype\":\"U8\",}}", "{/**/}"}) {
        EXPECT_THAT(refused(file_with(header)), HasSubstr("not valid JSON at byte")) << header;
    }
}

TEST(HeaderTest, MembersMustHaveTheirTypes) {
    for (const auto& [header, why] : std::vector<std::pair<const char*, const char*>>{
             {R"({"t":1})", "tensor 't' is a number, expected an object"},
             {R"({"t":null})", "tensor 't' is null, expected an object"},
             {R"({"t":[]})", "tensor 't' is an array, expected an object"},
             {R"({"__metadata__":"x"})", "__metadata__ is a string, expected an object"},
             {R"({"__metadata__":{"a":1}})", "'a' of the metadata is a number, expected a string"},
             {R"({"__metadata__":{"a":{}}})", "'a' of the metadata is an object"},
             {R"({"__metadata__":{"a":null}})", "'a' of the metadata is null"},
             {R"({"t":{"dtype":8}})", "dtype of tensor 't' is a number, expected a string"},
             {R"({"t":{"dtype":["U8"]}})", "dtype of tensor 't' is an array"},
             {R"({"t":{"shape":"1"}})", "shape of tensor 't' is a string, expected an array"},
             {R"({"t":{"shape":{}}})", "shape of tensor 't' is an object"},
             {R"({"t":{"shape":[1.5]}})", "an element of shape of tensor 't' is a number"},
             {R"({"t":{"shape":[-1]}})", "is a negative number, expected an integer from 0"},
             {R"({"t":{"shape":[9223372036854775808]}})", "expected an integer from 0"},
             {R"({"t":{"shape":[[1]]}})", "an element of shape of tensor 't' is an array"},
             {R"({"t":{"shape":[true]}})", "is true or false"},
             {R"({"t":{"data_offsets":[0,1,2]}})", "data_offsets of tensor 't' has more than 2"},
             {R"({"t":{"other":1}})", "has the key 'other', expected dtype, shape and"}}) {
        EXPECT_THAT(refused(file_with(header)), HasSubstr(why)) << header;
    }
}

TEST(HeaderTest, DepthAndRankAreBounded) {
    EXPECT_THAT(refused(file_with(std::string(100'000, '{'))), HasSubstr("not valid JSON"));
    EXPECT_THAT(refused(file_with(R"({"t":{"shape":)" + std::string(100'000, '['))),
                HasSubstr("is an array"));
    std::string shape = "1";
    for (int i = 0; i < 64; ++i) {
        shape += ",1";
    }
    EXPECT_THAT(refused(with_members("\"shape\":[" + shape + "]")), HasSubstr("more than 64"));
}

TEST(HeaderTest, ATensorMustBeConsistent) {
    for (const auto& [members, why] : std::vector<std::pair<const char*, const char*>>{
             {R"("shape":[4],"data_offsets":[0,4])", "key 'dtype' is missing"},
             {R"("dtype":"U8","data_offsets":[0,4])", "key 'shape' is missing"},
             {R"("dtype":"U8","shape":[4])", "key 'data_offsets' is missing"},
             {R"("dtype":"F99","shape":[4],"data_offsets":[0,4])", "its type is 'F99'"},
             {R"("dtype":"U8","shape":[4],"data_offsets":[4,0])", "not a begin and an end"},
             {R"("dtype":"U8","shape":[4],"data_offsets":[4])", "not a begin and an end"},
             {R"("dtype":"U8","shape":[3],"data_offsets":[0,4])", "span 4 bytes, expected 3"},
             {R"("dtype":"F64","shape":[4294967296,4294967296],"data_offsets":[0,0])",
              "larger than any file"}}) {
        EXPECT_THAT(refused(with_members(members)), HasSubstr(why)) << members;
    }
}

TEST(HeaderTest, AKeyThatOccursTwiceIsRefused) {
    const std::string t = bytes_entry("t", 0, 4);
    for (const std::string& header :
         {"{" + t + "," + t + "}",
          "{" + t + R"(,"\u0074":{"dtype":"U8","shape":[0],"data_offsets":[4,4]}})",
          R"({"__metadata__":{},"__metadata__":{},)" + t + "}",
          R"({"__metadata__":{"a":"1","a":"1"},)" + t + "}",
          std::string(R"({"t":{"dtype":"U8","dtype":"U8","shape":[4],"data_offsets":[0,4]}})"),
          std::string(R"({"t":{"dtype":"U8","shape":[4],"shape":[4],"data_offsets":[0,4]}})"),
          std::string(
              R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4],"data_offsets":[0,4]}})")}) {
        EXPECT_THAT(refused(file_with(header, "1234")), HasSubstr("a key twice")) << header;
    }
}

TEST(HeaderTest, TheTensorsMustFillTheFileOnce) {
    const auto why = [](const std::string& entries) {
        return refused(file_with("{" + entries + "}", "12345678"));
    };
    const std::string a = bytes_entry("a", 0, 4);
    const std::string b = bytes_entry("b", 4, 8);
    EXPECT_EQ(why(a + "," + b), "it is read");
    EXPECT_EQ(why(b + "," + a), "it is read");
    EXPECT_EQ(why(a + "," + bytes_entry("none", 4, 4) + "," + b), "it is read");
    EXPECT_THAT(why(a), HasSubstr("leave bytes out: they have 4 bytes, the file has 8"));
    EXPECT_THAT(why(b), HasSubstr("'b' begins at byte 4 of the data, expected 0"));
    EXPECT_THAT(why(a + "," + bytes_entry("c", 0, 4)), HasSubstr("overlap"));
    EXPECT_THAT(why(a + "," + bytes_entry("c", 3, 8)), HasSubstr("overlap"));
    EXPECT_THAT(why(a + "," + bytes_entry("c", 5, 8)), HasSubstr("leave bytes out"));
    EXPECT_THAT(why(a + "," + b + "," + bytes_entry("none", 6, 6)), HasSubstr("overlap"));
    EXPECT_THAT(why(a + "," + bytes_entry("c", 4, 9)), HasSubstr("cut off"));
}

TEST(HeaderTest, EveryTruncationIsRefusedAndEveryFlippedByteIsRefusedOrRead) {
    const std::string whole =
        file_with(R"({"__metadata__":{"format":"pt"},)" + bytes_entry("a", 0, 4) + "," +
                      bytes_entry("b", 4, 8) + "}  ",
                  "12345678");
    ASSERT_TRUE(read(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        EXPECT_FALSE(read(std::string_view(whole).substr(0, size))) << size;
    }
    EXPECT_FALSE(read(whole + '\0'));
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (int flip = 1; flip < 256; ++flip) {
            std::string changed = whole;
            changed[at] = static_cast<char>(changed[at] ^ flip);
            if (const auto header = read(changed)) {
                for (const auto& tensor : header->tensors) {
                    ASSERT_LE(tensor.offset_bytes + tensor.size_bytes, changed.size());
                }
            }
        }
    }
}

}  // namespace
}  // namespace trilby::tensors
