// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What is reached without a network: guesses by the tokens just before.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "train/metrics.hpp"
#include "train/text/schema.hpp"

namespace trilby::train::text {

/// Nats per token of `held_out`, from how often each token followed the same `order` (at most 2)
/// tokens in `training`, smoothed by shorter contexts (Witten and Bell, 1991). Tokens are below
/// `different`, at most character_limit; of long texts, the parts nearest to each other are used.
template <class Token>
[[nodiscard]] double ngram_nats(std::span<const Token> training, std::span<const Token> held_out,
                                std::size_t different, std::size_t order);

extern template double ngram_nats(std::span<const std::uint8_t>, std::span<const std::uint8_t>,
                                  std::size_t, std::size_t);
extern template double ngram_nats(std::span<const std::int32_t>, std::span<const std::int32_t>,
                                  std::size_t, std::size_t);

/// The baselines of a text: by frequency alone, and by the two tokens before.
template <class Token>
[[nodiscard]] std::vector<Baseline> baselines_of(const Schema& schema,
                                                 std::span<const Token> training,
                                                 std::span<const Token> held_out);

extern template std::vector<Baseline> baselines_of(const Schema&, std::span<const std::uint8_t>,
                                                   std::span<const std::uint8_t>);
extern template std::vector<Baseline> baselines_of(const Schema&, std::span<const std::int32_t>,
                                                   std::span<const std::int32_t>);

}  // namespace trilby::train::text
