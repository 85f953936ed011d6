// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/json.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trilby::json {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string arrays(std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
}

TEST(JsonParse, AcceptsOneDocumentWithSurroundingSpace) {
    EXPECT_EQ(parse(" \n{\"a\": [1, true, null]}\n ", "x").value(),
              (object{{"a", {1, true, nullptr}}}));
}

TEST(JsonParse, ReportsWhatIsWrongAndWhere) {
    struct Case {
        std::string_view text;
        std::string_view message;
    };
    for (const auto& [text, message] : {
             Case{"", "recipe: not valid JSON at byte "},
             Case{"{\"a\": tru}", "recipe: not valid JSON at byte "},
             Case{"[1,]", "recipe: not valid JSON at byte "},
             Case{"\"\xff\"", "recipe: not valid JSON at byte "},
             Case{"\xef\xbb\xbf{}", "recipe: not valid JSON at byte "},
             Case{"{} x", "recipe: text after the end of the JSON document at byte 3"},
             Case{"NaN", "recipe: not valid JSON at byte "},
         }) {
        const auto document = parse(text, "recipe");
        ASSERT_FALSE(document) << text;
        EXPECT_EQ(document.error().code, ErrorCode::bad_data);
        EXPECT_THAT(document.error().message, StartsWith(std::string(message)));
    }
}

TEST(JsonParse, LimitsTheDepth) {
    EXPECT_TRUE(parse(arrays(default_depth_limit), "x"));
    EXPECT_FALSE(parse(arrays(default_depth_limit + 1), "x"));
    EXPECT_TRUE(parse(arrays(40), "x", 40));
    EXPECT_FALSE(parse(arrays(1'000'000), "x"));
}

TEST(JsonParse, RefusesNumbersThatWouldBecomeInfinite) {
    EXPECT_EQ(parse(R"({"rates": [1e400]})", "f").error().message,
              "f: a number is too large, such as 1e400");
}

TEST(JsonParse, RefusesOtherTypesThanAnObject) {
    EXPECT_EQ(parse_object("[]", "event").error().message, "event: array, expected an object");
}

TEST(JsonGet, ReportsTheKeyTheTypeAndTheSource) {
    const object from{{"n", 1}, {"x", 0.5}, {"s", "text"}, {"o", object{}}, {"b", true}};
    EXPECT_EQ(get_integer(from, "n", "f").value(), 1);
    EXPECT_EQ(get_number(from, "n", "f").value(), 1.0);
    EXPECT_EQ(get_number(from, "x", "f").value(), 0.5);
    EXPECT_EQ(get_string(from, "s", "f").value(), "text");
    EXPECT_TRUE(get_object(from, "o", "f"));
    EXPECT_TRUE(get_boolean(from, "b", "f").value());
    EXPECT_EQ(get_string(from, "gone", "f").error().message, "f: key 'gone' is missing");
    EXPECT_EQ(get_string(from, "n", "f").error().message, "f: key 'n' is int64, expected a string");
    EXPECT_EQ(get_integer(from, "x", "f").error().message,
              "f: key 'x' is double, expected an integer");
    EXPECT_EQ(get_array(from, "o", "f").error().message, "f: key 'o' is object, expected an array");
    EXPECT_EQ(get_object(from, "b", "f").error().message, "f: key 'b' is bool, expected an object");
    EXPECT_EQ(get_boolean(from, "s", "f").error().message,
              "f: key 's' is string, expected true or false");
    EXPECT_EQ(get_number(from, "s", "f").error().message,
              "f: key 's' is string, expected a number");
}

TEST(JsonGet, RefusesAnIntegerThatDoesNotFit) {
    const auto from = parse_object(R"({"n": 9223372036854775808})", "f").value();
    EXPECT_EQ(get_integer(from, "n", "f").error().message,
              "f: key 'n' is uint64, expected an integer");
}

TEST(JsonSerialize, WritesNullForInfinityAndNan) {
    const value document = {{"a", {HUGE_VAL, std::nan(""), 1}}};
    EXPECT_EQ(serialize(document), R"({"a":[null,null,1]})");
    EXPECT_THAT(pretty(document), HasSubstr("null,\n    null,\n    1"));
}

TEST(JsonSerialize, WritesShortNumbers) {
    EXPECT_EQ(serialize(array{16.0, 0.1, -2.5, 0.0, 1e-7, 1e300, 3}),
              "[16.0,0.1,-2.5,0.0,1e-07,1e+300,3]");
}

TEST(JsonSerialize, EscapesOnlyWhatItMust) {
    EXPECT_EQ(serialize({{"a\"b", "\\ \n \x01 \x7f / \u00e9"}}),
              "{\"a\\\"b\":\"\\\\ \\n \\u0001 \\u007f / \u00e9\"}");
}

TEST(JsonSerialize, EscapesHiddenCharactersWithoutLoss) {
    const value document = {{"key\u009b", "a\r\u202eb\U000e0041"}};
    const std::string text = serialize(document);
    EXPECT_EQ(text, R"({"key\u009b":"a\u000d\u202eb\udb40\udc41"})");
    EXPECT_EQ(parse(text, "x").value(), document);
}

TEST(JsonPretty, IsAlwaysValidUtf8) {
    EXPECT_EQ(pretty("a\xff\xe2\x82"), "\"a\\\\xff\\\\xe2\\\\x82\"\n");
}

TEST(JsonSerialize, LeavesWhatIsNotUtf8SoThatItIsRefused) {
    EXPECT_FALSE(parse(serialize("a\xff"), "x"));
}

TEST(JsonPretty, IndentsByTwoAndEndsWithALineFeed) {
    const value document = {{"a", {1, 2}}, {"b", object{}}, {"c", "\n"}};
    EXPECT_EQ(pretty(document),
              "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {},\n  \"c\": \"\\n\"\n}\n");
}

TEST(JsonPretty, HasTheSameContentAsTheCompactForm) {
    const auto document =
        parse(R"({"a": [{}, [], [[1, -2.5]], "\u20ac\u0000"], "": {"x": null}})", "x").value();
    EXPECT_EQ(parse(pretty(document), "x").value(), document);
    EXPECT_EQ(parse(serialize(document), "x").value(), document);
}

}  // namespace
}  // namespace trilby::json
