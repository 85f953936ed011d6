// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A text for a worker: the array "tokens", u8 or, if there are more than 256 different ones, i32.
/// The parts follow each other in the order of the text.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>

#include "data/text_profile.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include "train/shared_arrays.hpp"
#include "train/text/schema.hpp"
#include <trilby/result.hpp>

namespace trilby::train::text {

/// The tokens of a text with this profile. ErrorCode::bad_data if the recipe asks for characters
/// where there are none, or too many.
[[nodiscard]] Result<Schema> schema_for(const Settings& settings, const data::TextProfile& profile,
                                        const Recipe& recipe);

/// The type of the array "tokens".
[[nodiscard]] ElementType token_type(const Schema& schema);

/// Calls `use` with the array "tokens" as a span of its type.
[[nodiscard]] auto with_tokens(const SharedArrays& arrays, const auto& use) {
    return arrays.layout_of("tokens").type == ElementType::u8
               ? use(arrays.elements<std::uint8_t>("tokens"))
               : use(arrays.elements<std::int32_t>("tokens"));
}

/// The tokens of a part.
template <class Token>
[[nodiscard]] std::span<const Token> tokens_of(std::span<Token> all, const data::Range& part) {
    return all.subspan(static_cast<std::size_t>(part.first), static_cast<std::size_t>(part.size()));
}

/// The array "tokens" of a file. ErrorCode::bad_data for a character that the schema does not have.
[[nodiscard]] Result<SharedArrays> arrays_for(const Schema& schema,
                                              const std::filesystem::path& path,
                                              const data::TextProfile& profile);

/// The validation part and after it the test part are the end of the text. ErrorCode::bad_data if
/// a part is too short for the context.
[[nodiscard]] Result<data::Parts> split(const Settings& settings, std::int64_t tokens,
                                        const Recipe& recipe);

/// The width must be a multiple of the number of heads, and of twice that for rotary positions,
/// which rotate pairs of numbers.
[[nodiscard]] Result<void> check_network(const Settings& settings, const Recipe& recipe);

[[nodiscard]] Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                                           const std::optional<std::filesystem::path>& folder);

}  // namespace trilby::train::text
