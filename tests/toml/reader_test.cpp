// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "toml/reader.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace trilby::toml {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

toml::table table_of(std::string_view text) {
    return parse(text, "a.toml").value();
}

TEST(TomlParse, ReportsTheLineAndColumnOfInvalidText) {
    const auto table = parse("a = 1\nb = \n", "a.toml");
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().code, ErrorCode::bad_data);
    EXPECT_THAT(table.error().message, StartsWith("a.toml:2:"));
}

TEST(TomlParse, RefusesDeeplyNestedTables) {
    std::string key = "a";
    for (int i = 0; i < 50'000; ++i) {
        key += ".a";
    }
    const std::string deep(50'000, '[');
    for (const std::string& text : {key + " = 1\n", "[" + key + "]\n", "a = " + deep + "\n"}) {
        EXPECT_FALSE(parse(text, "a.toml"));
    }
}

TEST(TomlParse, TakesAnyNumberOfDotsInStrings) {
    std::string text = "# it's a comment\n";
    for (int i = 0; i < 3'000; ++i) {
        text += "\"a.b\\\"." + std::to_string(i) + "\" = 'x.y\\'\n";
    }
    const std::string dots(3'000, '.');
    text += "m = \"\"\"" + dots + "\n\"" + dots + "\"\"\"\nn = '''" + dots + "\n'''\n";
    const auto table = parse(text, "a.toml");
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(table->size(), 3'002U);
}

TEST(TomlParse, CountsTheDotsAfterStringsAndComments) {
    std::string dots;
    for (int i = 0; i < 3'000; ++i) {
        dots += ".a";
    }
    for (const std::string before :
         {"# \"\na = {", "s = ''\na = {", "s = \"\"\na = {", "a = { s = '\\', ",
          "a = { s = \"\\\\\", ", "a = { s = \"\"\"\"\"\", ", "a = { s = \"\"\"x\"\"\"\"\", ",
          "a = { s = '''x'''', "}) {
        const auto table = parse(before + "a" + dots + " = 1}\n", "a.toml");
        ASSERT_FALSE(table) << before;
        EXPECT_THAT(table.error().message, HasSubstr("more than 2000 dots")) << before;
    }
}

TEST(TomlReader, ReadsEveryType) {
    const auto table =
        table_of("i = 3\nn = 0.5\nb = true\nt = \"text\"\nw = \"two\"\n[sub]\n[[rows]]\n");
    constexpr std::array<std::string_view, 2> words{"one", "two"};
    Reader reader(table, "a.toml", "settings");
    EXPECT_EQ(reader.integer("i", 1, 9), 3);
    EXPECT_EQ(reader.number("n", 0, 1), 0.5);
    EXPECT_TRUE(reader.boolean("b", false));
    EXPECT_EQ(reader.text("t"), "text");
    EXPECT_EQ(reader.word("w", words), 1U);
    EXPECT_NE(reader.table("sub"), nullptr);
    EXPECT_NE(reader.array("rows"), nullptr);
    EXPECT_TRUE(reader.finish());
}

TEST(TomlReader, AbsentKeysHaveTheirDefaults) {
    const toml::table empty;
    Reader reader(empty, "a.toml", "settings");
    EXPECT_EQ(reader.integer("i", 1, 9, 4), 4);
    EXPECT_EQ(reader.number("n", 0, 1, 0.25), 0.25);
    EXPECT_TRUE(reader.boolean("b", true));
    EXPECT_EQ(reader.text("t", "none"), "none");
    EXPECT_TRUE(reader.finish());
}

TEST(TomlReader, ReadsAnArrayOfStrings) {
    const auto table = parse("names = [\"a\", \"b\"]\nnumbers = [1]\n", "f");
    Reader reader(*table, "f", "[data]");
    EXPECT_EQ(reader.texts("names"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(reader.texts("missing").empty());
    (void)reader.texts("numbers");
    EXPECT_EQ(reader.finish().error().message.substr(0, 7), "f:2:12:");
}

TEST(TomlReader, ErrorsHavePlaceContextAndKey) {
    const auto table = table_of("\n  i = 10\n");
    Reader reader(table, "a.toml", "[training]");
    EXPECT_EQ(reader.integer("i", 1, 9), 1);
    EXPECT_EQ(reader.finish().error().message,
              "a.toml:2:7: [training]: 'i' is 10, expected 1 to 9");
}

TEST(TomlReader, TheFirstErrorIsKept) {
    const auto table = table_of("i = \"text\"\nn = true\n");
    Reader reader(table, "a.toml", "settings");
    reader.integer("i", 1, 9);
    reader.number("n", 0, 1);
    EXPECT_THAT(reader.finish().error().message, HasSubstr("'i' is a string, expected an integer"));
}

TEST(TomlReader, AMisspelledKeyIsReportedBeforeTheMissingOne) {
    const auto table = table_of("epoch = 3\n");
    Reader reader(table, "a.toml", "settings");
    reader.integer("epochs", 1, 9);
    const auto result = reader.finish();
    EXPECT_THAT(result.error().message, HasSubstr("unknown key 'epoch' (did you mean 'epochs'?)"));
    EXPECT_THAT(result.error().hint, HasSubstr("epochs"));
}

TEST(TomlReader, AMissingKeyIsAnError) {
    const toml::table empty;
    Reader reader(empty, "a.toml", "settings");
    reader.text("name");
    EXPECT_THAT(reader.finish().error().message, HasSubstr("key 'name' is missing"));
}

}  // namespace
}  // namespace trilby::toml
