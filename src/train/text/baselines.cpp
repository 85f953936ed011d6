// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/text/baselines.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <unordered_map>

#include "train/text/measures.hpp"

namespace trilby::train::text {
namespace {

constexpr std::size_t training_limit = 4'000'000;
constexpr std::size_t held_out_limit = 1'000'000;
/// More than there are tokens, so that three of them fit into 32 bits.
constexpr std::uint32_t base = character_limit + 1;

/// What followed a context.
struct Followers {
    std::uint32_t tokens = 0;
    std::uint32_t different = 0;
};

/// How often tokens followed contexts of one length.
struct Counts {
    std::unordered_map<std::uint32_t, Followers> contexts;
    std::unordered_map<std::uint32_t, std::uint32_t> sequences;  ///< context and token

    void add(std::uint32_t context, std::uint32_t token) {
        Followers& followers = contexts[context];
        ++followers.tokens;
        followers.different += sequences[context * base + token]++ == 0 ? 1 : 0;
    }
    /// The probability of `token`, where `shorter` is its probability after a shorter context.
    [[nodiscard]] double probability(std::uint32_t context, std::uint32_t token,
                                     double shorter) const {
        const auto found = contexts.find(context);
        if (found == contexts.end()) {
            return shorter;
        }
        const auto sequence = sequences.find(context * base + token);
        const double seen = sequence == sequences.end() ? 0.0 : sequence->second;
        const Followers& followers = found->second;
        return (seen + followers.different * shorter) /
               (static_cast<double>(followers.tokens) + followers.different);
    }
};

/// The `length` tokens before `at` as one number; 0 stands for those before the start.
template <class Token>
std::uint32_t context_before(std::span<const Token> tokens, std::size_t at, std::size_t length) {
    std::uint32_t context = 0;
    for (std::size_t i = at - std::min(at, length); i < at; ++i) {
        context = context * base + static_cast<std::uint32_t>(tokens[i]) + 1;
    }
    return context;
}

}  // namespace

template <class Token>
double ngram_nats(std::span<const Token> training, std::span<const Token> held_out,
                  std::size_t different, std::size_t order) {
    training = training.last(std::min(training.size(), training_limit));
    held_out = held_out.first(std::min(held_out.size(), held_out_limit));
    std::vector<Counts> counts(order + 1);
    for (std::size_t i = 0; i < training.size(); ++i) {
        for (std::size_t length = 0; length <= order; ++length) {
            counts[length].add(context_before(training, i, length),
                               static_cast<std::uint32_t>(training[i]));
        }
    }
    double nats = 0.0;
    for (std::size_t i = 0; i < held_out.size(); ++i) {
        double probability = 1.0 / static_cast<double>(different);
        for (std::size_t length = 0; length <= order; ++length) {
            probability =
                counts[length].probability(context_before(held_out, i, length),
                                           static_cast<std::uint32_t>(held_out[i]), probability);
        }
        nats -= std::log(probability);
    }
    return nats / static_cast<double>(held_out.size());
}

template <class Token>
std::vector<Baseline> baselines_of(const Schema& schema, std::span<const Token> training,
                                   std::span<const Token> held_out) {
    const std::size_t different = vocabulary_of(schema).size();
    const double ratio = tokens_per_character(schema, held_out);
    const std::string unit = schema.characters.empty() ? "bytes" : "characters";
    return {
        {"frequency of " + unit, measures_of(ngram_nats(training, held_out, different, 0), ratio)},
        {"two " + unit + " before",
         measures_of(ngram_nats(training, held_out, different, 2), ratio)}};
}

template double ngram_nats(std::span<const std::uint8_t>, std::span<const std::uint8_t>,
                           std::size_t, std::size_t);
template double ngram_nats(std::span<const std::int32_t>, std::span<const std::int32_t>,
                           std::size_t, std::size_t);
template std::vector<Baseline> baselines_of(const Schema&, std::span<const std::uint8_t>,
                                            std::span<const std::uint8_t>);
template std::vector<Baseline> baselines_of(const Schema&, std::span<const std::int32_t>,
                                            std::span<const std::int32_t>);

}  // namespace trilby::train::text
