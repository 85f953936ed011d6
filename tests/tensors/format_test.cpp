// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "tensors/format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/large_file_of.hpp"
#include "tensors/made_files.hpp"

namespace trilby::tensors {
namespace {

using namespace std::string_literals;
using trilby::testing::file_claiming;
using trilby::testing::file_with;
using trilby::testing::large_file_of;

Format format_of(const std::string& content) {
    return tensors::format_of(large_file_of(content)).value();
}

TEST(FormatTest, SafetensorsAreRecognizedEvenIfDamaged) {
    EXPECT_EQ(format_of(file_with("{}")), Format::safetensors);
    EXPECT_EQ(format_of(file_claiming(1'000'000, "{")), Format::safetensors);
    EXPECT_EQ(format_of(R"({"weight_map":{}})"), Format::index);
    EXPECT_EQ(format_of("\n {\"a\":1}"), Format::index);
}

TEST(FormatTest, OtherFormatsAreRecognizedByTheirContent) {
    const std::string zip = "PK\x03\x04"s + std::string(100, '\0');
    EXPECT_EQ(format_of(zip + "archive/data.pkl"), Format::torch);
    EXPECT_EQ(format_of(zip + std::string(1 << 20, 'x') + "model/archive_format"),
              Format::torch_export);
    EXPECT_EQ(format_of(zip + "serialized_exported_program.json"), Format::torch_export);
    EXPECT_EQ(format_of(zip + "word/document.xml"), Format::zip);
    EXPECT_EQ(format_of("\x80\x02}q\0."s), Format::pickle);
    EXPECT_EQ(format_of("GGUF\3\0\0\0"s), Format::gguf);
    EXPECT_EQ(format_of("\x89HDF\r\n\x1a\n\0\0"s), Format::hdf5);
    EXPECT_EQ(format_of("\x08\x07\x12\x07pytorch"s), Format::onnx);
}

TEST(FormatTest, EverythingElseIsUnknown) {
    for (const std::string& content : {""s, "x"s, "\0\0\0\0\0\0\0\0"s, "hello"s, "\x08"s, "\x80"s,
                                       std::string(100, '\xff'), "\x89PNG\r\n\x1a\n"s}) {
        EXPECT_EQ(format_of(content), Format::unknown) << content;
    }
}

}  // namespace
}  // namespace trilby::tensors
