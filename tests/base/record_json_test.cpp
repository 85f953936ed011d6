// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "base/document.hpp"
#include "base/read_json.hpp"
#include "base/write_json.hpp"

namespace trilby::testing {

enum class Mood : std::uint8_t { calm, very_calm };
TRILBY_DESCRIBE_ENUM(Mood, '-', calm, very_calm)

struct Leaf {
    std::string name;
    std::uint16_t count = 0;
};
TRILBY_DESCRIBE(Leaf, name, count)

struct Tree {
    Mood mood = Mood::calm;
    std::optional<double> height;
    std::int32_t offset = 0;
    bool is_old = false;
    Observed<std::uint64_t> rings;
    std::vector<Leaf> leaves;
    std::vector<std::string> words;
    std::vector<std::pair<double, double>> points;
};
TRILBY_DESCRIBE(Tree, mood, height, offset, is_old, rings, leaves, words, points)

struct Fence {
    json::Nullable<std::string> color;
    json::Inlined<Leaf> leaf;
    bool is_high = false;
};
TRILBY_DESCRIBE(Fence, color, leaf, is_high)

struct Parcel {
    json::Nullable<std::string> sender;
    json::object content;
};
TRILBY_DESCRIBE(Parcel, sender, content)

static_assert(detail::count_members<Tree>() == 8);
static_assert(detail::has_name<Mood::very_calm>());
static_assert(!detail::has_name<static_cast<Mood>(2)>());

}  // namespace trilby::testing

namespace trilby::json {
namespace {

using namespace trilby::testing;

constexpr std::string_view tree_text =
    R"({"mood":"very-calm","height":2.5,"offset":-1,"is_old":true,)"
    R"("rings":{"value":18446744073709551615,"presence":"present","source":"/saw"},)"
    R"("leaves":[{"name":"a","count":3}],"words":["x"],"points":[[1.0,2.0]]})";

/// The tree with another value for one member.
object tree_with(std::string_view key, const value& content) {
    object document = parse_object(tree_text, "tree").value();
    document[key] = content;
    return document;
}

TEST(EnumName, HasTheSeparatorOfItsEnum) {
    EXPECT_EQ(enum_name(Mood::very_calm), "very-calm");
    EXPECT_EQ(enum_named<Mood>("very-calm"), Mood::very_calm);
    EXPECT_EQ(enum_named<Mood>("very_calm"), std::nullopt);
    EXPECT_EQ(enum_name(static_cast<Mood>(9)), "unknown");
}

TEST(RecordJson, IsTheSameAfterReadingAndWriting) {
    const auto tree = from_json<Tree>(parse_object(tree_text, "tree").value(), "tree");
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(tree->mood, Mood::very_calm);
    EXPECT_EQ(tree->leaves.at(0).count, 3);
    EXPECT_EQ(serialize(to_json(*tree)), tree_text);
}

TEST(RecordJson, LeavesOutAnEmptyOptional) {
    const object document = to_json(Tree{});
    EXPECT_FALSE(document.contains("height"));
    const auto tree = from_json<Tree>(document, "tree");
    ASSERT_TRUE(tree) << tree.error().message;
    EXPECT_EQ(tree->height, std::nullopt);
}

TEST(RecordJson, WritesNullForAMissingFactAndKeepsWhy) {
    const Tree tree{.rings = Observed<std::uint64_t>::missing(Presence::denied, "/saw")};
    const object document = to_json(tree);
    EXPECT_EQ(serialize(document.at("rings")),
              R"({"value":null,"presence":"denied","source":"/saw"})");
    EXPECT_EQ(from_json<Tree>(document, "tree")->rings.presence(), Presence::denied);
}

TEST(RecordJson, WritesNullAndInlinesMembersOnRequest) {
    EXPECT_EQ(serialize(to_json(Fence{})), R"({"color":null,"name":"","count":0,"is_high":false})");
    EXPECT_EQ(to_json(Fence{.color = {"red"}}).at("color"), "red");
}

TEST(RecordJson, ReadsNullAndAnObjectAsItIs) {
    for (const char* text :
         {R"({"sender":null,"content":{"b":[1],"a":null}})", R"({"sender":"me","content":{}})"}) {
        const auto parcel = from_json<Parcel>(parse_object(text, "parcel").value(), "parcel");
        ASSERT_TRUE(parcel) << parcel.error().message;
        EXPECT_EQ(serialize(to_json(*parcel)), text);
    }
    EXPECT_EQ(from_json<Parcel>({{"content", object{}}}, "parcel").error().message,
              "parcel: key 'sender' is missing");
    EXPECT_EQ(from_json<Parcel>({{"sender", nullptr}, {"content", 1}}, "parcel").error().message,
              "parcel: key 'content' is int64, expected an object");
}

TEST(RecordJson, MakesTextPrintableAndTruncatesIt) {
    EXPECT_EQ(to_json(Leaf{.name = "\x1b[31m"}).at("name"), "\\x1b[31m");
    EXPECT_EQ(to_json(Leaf{.name = "abcdef"}, 2).at("name"), "ab... (4 bytes more)");
    const object document{{"name", "abc\x1b"}, {"count", 1}};
    EXPECT_EQ(from_json<Leaf>(document, "leaf", {.text_bytes = 2})->name, "ab... (2 bytes more)");
}

TEST(RecordJson, ReportsWhatIsWrongAndWhere) {
    struct Case {
        std::string_view key;
        value content;
        std::string_view message;
    };
    const object negative{{"name", "a"}, {"count", -1}};
    const object large{{"name", "a"}, {"count", 70'000}};
    for (const auto& [key, content, message] : {
             Case{"mood", "wild", "tree: unknown mood 'wild'"},
             Case{"height", nullptr, "tree: key 'height' is null, expected a number"},
             Case{"offset", 3'000'000'000, "tree: offset is 3000000000, which is out of range"},
             Case{"is_old", 1, "tree: key 'is_old' is int64, expected true or false"},
             Case{"rings", 3, "tree: key 'rings' is int64, expected an object"},
             Case{"rings", object{}, "tree: rings: key 'presence' is missing"},
             Case{"leaves", array{1}, "tree: leaves: int64, expected an object"},
             Case{"leaves", array{negative}, "tree: leaves: count is -1, expected a count"},
             Case{"leaves", array{large}, "tree: leaves: count is 70000, expected at most 65535"},
             Case{"words", array{1}, "tree: words: expected texts"},
             Case{"points", array{array{1}}, "tree: points: expected pairs of numbers"},
         }) {
        const auto tree = from_json<Tree>(tree_with(key, content), "tree");
        ASSERT_FALSE(tree) << key;
        EXPECT_EQ(tree.error().code, ErrorCode::bad_data);
        EXPECT_EQ(tree.error().message, message);
    }
}

TEST(RecordJson, RefusesTooManyRows) {
    const auto tree = from_json<Tree>(tree_with("words", {"a", "b", "c"}), "tree", {.rows = 2});
    ASSERT_FALSE(tree);
    EXPECT_EQ(tree.error().message, "tree: words has 3 entries, expected at most 2");
}

TEST(Document, StartsWithTheVersionOfItsSchema) {
    EXPECT_EQ(serialize(document({{"a", 1}})), R"({"schema":1,"a":1})");
    EXPECT_TRUE(parse_document(R"({"schema":1,"a":1})", "x"));
    EXPECT_EQ(parse_document(R"({"schema":2})", "x").error().message, "x: schema is 2, expected 1");
}

}  // namespace
}  // namespace trilby::json
