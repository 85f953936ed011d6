// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/measures.hpp"

#include <algorithm>
#include <numbers>

namespace trilby::train::text {

Metrics measures_of(double nats_per_token, double tokens_per_character) {
    const double nats = nats_per_token * tokens_per_character;
    return {{"loss", {nats_per_token}},
            {"nats_per_character", {nats}},
            {"bits_per_character", {nats / std::numbers::ln2}}};
}

template <class Token>
double tokens_per_character(const Schema& schema, std::span<const Token> tokens) {
    if (!schema.characters.empty() || !schema.is_utf8) {
        return 1.0;
    }
    const auto starts_character = [](Token byte) {
        return (static_cast<std::uint32_t>(byte) & 0xc0U) != 0x80U;
    };
    const auto characters = std::ranges::count_if(tokens, starts_character);
    return static_cast<double>(tokens.size()) /
           static_cast<double>(std::max<std::ptrdiff_t>(1, characters));
}

template double tokens_per_character(const Schema&, std::span<const std::uint8_t>);
template double tokens_per_character(const Schema&, std::span<const std::int32_t>);

}  // namespace trilby::train::text
