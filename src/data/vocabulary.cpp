// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/vocabulary.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/unicode.hpp"
#include "data/text_file.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t byte_values = 256;
constexpr std::int32_t unknown = -1;

std::string to_utf8(char32_t c) {
    const auto continuation = [&](int shift) {
        return static_cast<char>(0x80U | (static_cast<std::uint32_t>(c) >> shift & 0x3fU));
    };
    if (c < 0x80) {
        return {static_cast<char>(c)};
    }
    if (c < 0x800) {
        return {static_cast<char>(0xc0U | c >> 6), continuation(0)};
    }
    if (c < 0x10000) {
        return {static_cast<char>(0xe0U | c >> 12), continuation(6), continuation(0)};
    }
    return {static_cast<char>(0xf0U | c >> 18), continuation(12), continuation(6), continuation(0)};
}

std::unexpected<Error> not_utf8(std::uint64_t byte) {
    return failure(ErrorCode::bad_data,
                   fmt::format("byte {} is not UTF-8, expected the characters of a text", byte),
                   "convert the text to UTF-8");
}

std::unexpected<Error> not_listed(char32_t character, std::uint64_t byte, std::size_t listed) {
    return failure(
        ErrorCode::bad_data,
        fmt::format("the character '{}' (U+{:04X}) at byte {} is not one of the {} "
                    "characters that were trained",
                    character == U'\n' ? "\\n" : printable(to_utf8(character)),
                    static_cast<std::uint32_t>(character), byte, listed),
        "remove it, or train with '--set data.tokens=bytes', which have every character");
}

Error in_file(Error error, const std::filesystem::path& path) {
    error.message = fmt::format("'{}': {}", path.string(), error.message);
    return error;
}

std::unexpected<Error> changed(const std::filesystem::path& path) {
    return failure(ErrorCode::bad_data,
                   fmt::format("'{}' changed while it was read", path.string()),
                   "start again when nothing writes to it");
}

}  // namespace

Vocabulary::Vocabulary(std::u32string characters) : characters_(std::move(characters)) {
    if (!characters_.empty()) {
        tokens_.resize(std::size_t{characters_.back()} + 1, unknown);
    }
    for (std::size_t i = 0; i < characters_.size(); ++i) {
        tokens_[characters_[i]] = static_cast<std::int32_t>(i);
    }
}

Vocabulary Vocabulary::of_bytes() {
    return Vocabulary({});
}

Vocabulary Vocabulary::of_characters(std::u32string characters) {
    return Vocabulary(std::move(characters));
}

std::size_t Vocabulary::size() const {
    return characters_.empty() ? byte_values : characters_.size();
}

Result<void> Vocabulary::encode(std::string_view text, std::vector<std::int32_t>& tokens,
                                std::uint64_t first_byte) const {
    if (characters_.empty()) {
        std::ranges::transform(text, std::back_inserter(tokens),
                               [](char c) { return static_cast<unsigned char>(c); });
        return {};
    }
    for (std::size_t at = 0; at < text.size();) {
        const Character next = first_character(text.substr(at));
        if (next.bytes == 0) {
            return not_utf8(first_byte + at);
        }
        const std::int32_t token =
            next.code_point < tokens_.size() ? tokens_[next.code_point] : unknown;
        if (token == unknown) {
            return not_listed(next.code_point, first_byte + at, characters_.size());
        }
        tokens.push_back(token);
        at += next.bytes;
    }
    return {};
}

std::string Vocabulary::decode(std::int64_t token) const {
    return characters_.empty() ? std::string(1, static_cast<char>(token))
                               : to_utf8(characters_.at(static_cast<std::size_t>(token)));
}

template <class Token>
Result<void> read_tokens(const std::filesystem::path& path, const Vocabulary& vocabulary,
                         std::span<Token> tokens) {
    TRILBY_TRY(file, TextFile::open(path));
    std::vector<std::int32_t> piece_tokens;
    std::size_t filled = 0;
    std::uint64_t bytes = 0;
    for (bool is_end = false; !is_end;) {
        TRILBY_TRY(piece, file.next());
        piece_tokens.clear();
        if (auto encoded = vocabulary.encode(piece, piece_tokens, bytes); !encoded) {
            return std::unexpected(in_file(std::move(encoded).error(), path));
        }
        if (piece_tokens.size() > tokens.size() - filled) {
            return changed(path);
        }
        std::ranges::transform(piece_tokens, tokens.begin() + static_cast<std::ptrdiff_t>(filled),
                               [](std::int32_t token) { return static_cast<Token>(token); });
        filled += piece_tokens.size();
        bytes += piece.size();
        is_end = piece.empty();
    }
    return filled == tokens.size() ? Result<void>() : changed(path);
}

template Result<void> read_tokens(const std::filesystem::path&, const Vocabulary&,
                                  std::span<std::uint8_t>);
template Result<void> read_tokens(const std::filesystem::path&, const Vocabulary&,
                                  std::span<std::int32_t>);

}  // namespace trilby::data
