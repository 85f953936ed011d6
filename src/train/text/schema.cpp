// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/schema.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/describe.hpp"
#include "base/read_json.hpp"
#include "base/try.hpp"
#include "base/write_json.hpp"

namespace trilby::train::text {

TRILBY_DESCRIBE(Schema, characters, is_utf8)

namespace {

bool is_character(std::uint32_t code_point) {
    const bool is_surrogate = code_point >= 0xd800 && code_point <= 0xdfff;
    return code_point <= 0x10ffff && !is_surrogate;
}

}  // namespace

Result<Schema> parse_schema(const json::object& document) {
    constexpr std::string_view where = "schema of a text";
    constexpr json::ReadLimits limits{.rows = character_limit};
    Schema schema;
    TRILBY_CHECK(json::Reader(limits).read_members(schema, document, where));
    const auto& characters = schema.characters;
    const bool are_in_order =
        std::ranges::adjacent_find(characters, std::ranges::greater_equal()) == characters.end();
    if (!are_in_order || !std::ranges::all_of(characters, is_character) ||
        (!schema.is_utf8 && !characters.empty())) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: expected different characters of Unicode in their order, "
                                   "or none for bytes",
                                   where));
    }
    return schema;
}

json::object to_json(const Schema& schema) {
    return json::to_json(schema);
}

data::Vocabulary vocabulary_of(const Schema& schema) {
    return schema.characters.empty() ? data::Vocabulary::of_bytes()
                                     : data::Vocabulary::of_characters(std::u32string(
                                           schema.characters.begin(), schema.characters.end()));
}

}  // namespace trilby::train::text
