// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/data.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <string_view>

#include "base/text.hpp"
#include "base/try.hpp"
#include "base/units.hpp"
#include "train/text/baselines.hpp"

namespace trilby::train::text {
namespace {

std::string_view unit_of(const Schema& schema) {
    return schema.characters.empty() ? "bytes" : "characters";
}

std::int64_t token_count(const Schema& schema, const data::TextSummary& summary) {
    return static_cast<std::int64_t>(schema.characters.empty() ? summary.bytes
                                                               : summary.characters);
}

/// Why the characters of a text cannot be its tokens, as a predicate; empty if they can.
std::string why_no_characters(const data::TextSummary& summary) {
    if (!summary.is_utf8) {
        return "is not UTF-8";
    }
    return summary.distinct > character_limit
               ? fmt::format("has {} different characters, expected at most {}",
                             format_count(summary.distinct), format_count(character_limit))
               : "";
}

std::int64_t share_of(double share, std::int64_t tokens) {
    return static_cast<std::int64_t>(std::floor(share * static_cast<double>(tokens)));
}

std::vector<Baseline> baselines_for(const Schema& schema, const SharedArrays& arrays,
                                    const data::Parts& parts) {
    const data::Range& held_out = parts.test.size() > 0 ? parts.test : parts.validation;
    return held_out.size() == 0 ? std::vector<Baseline>()
                                : with_tokens(arrays, [&]<class Token>(std::span<Token> tokens) {
                                      return baselines_of(schema, tokens_of(tokens, parts.training),
                                                          tokens_of(tokens, held_out));
                                  });
}

std::vector<std::string> notes_of(const Settings& settings, const Schema& schema,
                                  const data::TextProfile& profile, const data::Parts& parts) {
    std::vector<std::string> notes;
    const std::string why_bytes = why_no_characters(profile.summary);
    if (settings.tokens == TokenChoice::automatic && !why_bytes.empty()) {
        notes.push_back(fmt::format("bytes are learned, because the text {}", why_bytes));
    }
    if (profile.characters.find(U'\r') != std::u32string::npos) {
        notes.emplace_back("lines end with CR and LF; both are learned");
    }
    notes.push_back(fmt::format(
        "the first {} {} are for training, the next {} for validation{}",
        format_count(parts.training.size()), unit_of(schema), format_count(parts.validation.size()),
        parts.test.size() == 0
            ? ", none for a test"
            : fmt::format(", the last {} for the test", format_count(parts.test.size()))));
    return notes;
}

}  // namespace

Result<Schema> schema_for(const Settings& settings, const data::TextProfile& profile,
                          const Recipe& recipe) {
    const std::string why_bytes = why_no_characters(profile.summary);
    if (settings.tokens == TokenChoice::characters && !why_bytes.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("{}: tokens is \"characters\", but '{}' {}",
                                   recipe.place_of("data.tokens"), settings.path, why_bytes),
                       "set tokens to \"bytes\" or \"automatic\"");
    }
    Schema schema{.characters = {}, .is_utf8 = profile.summary.is_utf8};
    if (settings.tokens != TokenChoice::bytes && why_bytes.empty()) {
        schema.characters.assign(profile.characters.begin(), profile.characters.end());
    }
    return schema;
}

ElementType token_type(const Schema& schema) {
    constexpr std::size_t byte_values = 256;
    return vocabulary_of(schema).size() <= byte_values ? ElementType::u8 : ElementType::i32;
}

Result<SharedArrays> arrays_for(const Schema& schema, const std::filesystem::path& path,
                                const data::TextProfile& profile) {
    TRILBY_TRY(arrays,
               SharedArrays::reserve(
                   {{"tokens", token_type(schema), {token_count(schema, profile.summary)}}}));
    TRILBY_CHECK(with_tokens(arrays, [&](auto tokens) {
        return data::read_tokens(path, vocabulary_of(schema), tokens);
    }));
    return std::move(arrays);
}

Result<data::Parts> split(const Settings& settings, std::int64_t tokens, const Recipe& recipe) {
    const std::int64_t test = share_of(settings.test, tokens);
    const std::int64_t validation = share_of(settings.validation, tokens);
    const std::int64_t training = tokens - validation - test;
    struct Piece {
        std::string_view name;
        std::int64_t tokens;
        bool is_wanted;
    };
    for (const Piece& piece : {Piece{"training", training, true},
                               Piece{"validation", validation, settings.validation > 0.0},
                               Piece{"test", test, settings.test > 0.0}}) {
        if (piece.is_wanted && piece.tokens <= settings.context) {
            return failure(
                ErrorCode::bad_data,
                fmt::format("{}: the {} part of '{}' has {} of its {} tokens, expected more than "
                            "the context of {}",
                            recipe.place_of("data.path"), piece.name, settings.path,
                            format_count(std::max<std::int64_t>(0, piece.tokens)),
                            format_count(tokens), settings.context),
                fmt::format("give a longer text or a shorter context, or change the share of the "
                            "{} part",
                            piece.name));
        }
    }
    return data::Parts{.training = {0, training},
                       .validation = {training, training + validation},
                       .test = {training + validation, tokens}};
}

Result<void> check_network(const Settings& settings, const Recipe& recipe) {
    const bool is_rotary = settings.positions == Positions::rotary;
    const std::int64_t step = settings.heads * (is_rotary ? 2 : 1);
    if (settings.width % step != 0) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("{}: width is {}, expected a multiple of {}: {} heads{}",
                        recipe.place_of("network.width"), settings.width, step, settings.heads,
                        is_rotary ? ", each of an even width for rotary positions" : ""),
            fmt::format("set width to {}", (settings.width / step + 1) * step));
    }
    return {};
}

Result<PreparedData> prepare(const Settings& settings, const Recipe& recipe,
                             const std::optional<std::filesystem::path>& /*folder*/) {
    TRILBY_CHECK(check_network(settings, recipe));
    TRILBY_TRY(profile, data::profile_text(settings.path));
    TRILBY_TRY(schema, schema_for(settings, profile, recipe));
    TRILBY_TRY(parts, split(settings, token_count(schema, profile.summary), recipe));
    TRILBY_TRY(arrays, arrays_for(schema, settings.path, profile));
    std::vector<Baseline> baselines = baselines_for(schema, arrays, parts);
    return PreparedData{.source = settings.path,
                        .schema = to_json(schema),
                        .arrays = std::move(arrays),
                        .parts = parts,
                        .baselines = std::move(baselines),
                        .notes = notes_of(settings, schema, profile, parts)};
}

}  // namespace trilby::train::text
