// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/csv_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace trilby::data {
namespace {

using ::testing::ElementsAre;

constexpr std::size_t npos = std::string_view::npos;

/// The fields of a record, or what is wrong with it.
std::vector<std::string> fields_of(std::string record, char separator = ',') {
    std::vector<std::string_view> fields;
    if (const auto split = split_fields(record, separator, fields); !split) {
        const bool is_closed = split.error().why == WrongQuotation::text_after_end;
        return {is_closed ? "text after the end" : "not closed",
                "in line " + std::to_string(split.error().line)};
    }
    return {fields.begin(), fields.end()};
}

TEST(RecordBytes, EndsAtALineFeedOutsideOfQuotationMarks) {
    EXPECT_EQ(record_bytes("a,b\nc", ','), 4U);
    EXPECT_EQ(record_bytes("a,\"b\nc\"\nd", ','), 8U);
    EXPECT_EQ(record_bytes("\"a\"\"\n\",b\n", ','), 9U);
    EXPECT_EQ(record_bytes("\n", ','), 1U);
}

TEST(RecordBytes, TakesAMarkInsideAFieldAsText) {
    EXPECT_EQ(record_bytes("5\" pipe,b\n", ','), 10U);
    EXPECT_EQ(record_bytes("a;\"b\n\"\n", ','), 5U);
    EXPECT_EQ(record_bytes("a;\"b\n\"\n", ';'), 7U);
}

TEST(RecordBytes, IsUnknownWithoutAnEnd) {
    EXPECT_EQ(record_bytes("", ','), npos);
    EXPECT_EQ(record_bytes("a,b", ','), npos);
    EXPECT_EQ(record_bytes("a,\"b\nc,d\n", ','), npos);
}

TEST(SplitFields, KeepsEmptyFieldsAndDropsBlanksAround) {
    EXPECT_THAT(fields_of("a,,b "), ElementsAre("a", "", "b"));
    EXPECT_THAT(fields_of(" 1 , x y ,"), ElementsAre("1", "x y", ""));
    EXPECT_THAT(fields_of("a\t\tb", '\t'), ElementsAre("a", "", "b"));
    EXPECT_THAT(fields_of(""), ElementsAre(""));
}

TEST(SplitFields, UndoesQuotation) {
    EXPECT_THAT(fields_of("\"a,b\",\"say \"\"hi\"\"\",\"\""), ElementsAre("a,b", "say \"hi\"", ""));
    EXPECT_THAT(fields_of("\" a \" ,b"), ElementsAre(" a ", "b"));
    EXPECT_THAT(fields_of("5\" pipe,\"x\ny\""), ElementsAre("5\" pipe", "x\ny"));
    EXPECT_THAT(fields_of("\"\"\"\""), ElementsAre("\""));
}

TEST(SplitFields, RefusesTextAfterAClosingMark) {
    EXPECT_THAT(fields_of("\"a\"b,c"), ElementsAre("text after the end", "in line 0"));
    EXPECT_THAT(fields_of("x,\"a\n\"b,c"), ElementsAre("text after the end", "in line 0"));
    EXPECT_THAT(fields_of("\"\"\"a\n\n\",\"a\"b"), ElementsAre("text after the end", "in line 2"));
}

TEST(SplitFields, RefusesAMarkThatIsNotClosed) {
    EXPECT_THAT(fields_of("\"a"), ElementsAre("not closed", "in line 0"));
    EXPECT_THAT(fields_of("\""), ElementsAre("not closed", "in line 0"));
    EXPECT_THAT(fields_of("a,\"b\n\",\"\"\"\nc"), ElementsAre("not closed", "in line 1"));
}

}  // namespace
}  // namespace trilby::data
