// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the tokens of a network mean, which checkpoints hold.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/json.hpp"
#include "data/vocabulary.hpp"
#include <trilby/result.hpp>

namespace trilby::train::text {

/// A text with more different characters is learned as bytes.
inline constexpr std::size_t character_limit = 1024;

struct Schema {
    std::vector<std::uint32_t> characters;  ///< the code point of each token; none: bytes
    bool is_utf8 = true;                    ///< bytes form characters, so that these can be counted

    bool operator==(const Schema&) const = default;
};

/// ErrorCode::bad_data if the characters are too many, out of order or not of Unicode.
[[nodiscard]] Result<Schema> parse_schema(const json::object& document);
[[nodiscard]] json::object to_json(const Schema& schema);

[[nodiscard]] data::Vocabulary vocabulary_of(const Schema& schema);

}  // namespace trilby::train::text
