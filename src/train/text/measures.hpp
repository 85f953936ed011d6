// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How well the next token of a text is guessed.

#pragma once

#include <cstdint>
#include <span>

#include "train/metrics.hpp"
#include "train/text/schema.hpp"

namespace trilby::train::text {

/// "loss" in nats per token, "nats_per_character" and "bits_per_character", which compare texts
/// whose tokens differ.
[[nodiscard]] Metrics measures_of(double nats_per_token, double tokens_per_character);

/// 1 for characters, and for bytes that do not form any.
template <class Token>
[[nodiscard]] double tokens_per_character(const Schema& schema, std::span<const Token> tokens);

extern template double tokens_per_character(const Schema&, std::span<const std::uint8_t>);
extern template double tokens_per_character(const Schema&, std::span<const std::int32_t>);

}  // namespace trilby::train::text
