// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Text as tokens, numbers from 0, and back.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::data {

/// What the tokens of a text stand for: characters of a list, or all bytes.
class Vocabulary {
  public:
    [[nodiscard]] static Vocabulary of_bytes();
    /// The tokens are the places in the list, which is in the order of Unicode.
    [[nodiscard]] static Vocabulary of_characters(std::u32string characters);

    [[nodiscard]] std::size_t size() const;
    /// In order; none if the tokens are bytes.
    [[nodiscard]] const std::u32string& characters() const { return characters_; }

    /// Appends the tokens of `text`. ErrorCode::bad_data for text that is not UTF-8 and for a
    /// character that is not in the list; the message gives its byte, counted from `first_byte`.
    [[nodiscard]] Result<void> encode(std::string_view text, std::vector<std::int32_t>& tokens,
                                      std::uint64_t first_byte = 0) const;

    /// The text of a token below size(): a character in UTF-8, or a byte.
    [[nodiscard]] std::string decode(std::int64_t token) const;

  private:
    explicit Vocabulary(std::u32string characters);

    std::u32string characters_;
    std::vector<std::int32_t> tokens_;  ///< by code point, up to the largest; -1: not in the list
};

/// Reads a file as tokens, which must be exactly as many as fit into `tokens`. The tokens must be
/// below the largest number of `Token`. ErrorCode::bad_data as Vocabulary::encode(), with the file.
template <class Token>
[[nodiscard]] Result<void> read_tokens(const std::filesystem::path& path,
                                       const Vocabulary& vocabulary, std::span<Token> tokens);

extern template Result<void> read_tokens(const std::filesystem::path&, const Vocabulary&,
                                         std::span<std::uint8_t>);
extern template Result<void> read_tokens(const std::filesystem::path&, const Vocabulary&,
                                         std::span<std::int32_t>);

}  // namespace trilby::data
