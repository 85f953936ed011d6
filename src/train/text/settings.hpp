// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The keys of a recipe for a text: [data] and [network].

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/describe.hpp"

namespace trilby::train::text {

/// What a token is. Automatic: a character, or a byte if the text has too many different characters
/// or is not UTF-8.
enum class TokenChoice : std::uint8_t { automatic, characters, bytes };
/// How the network knows the order of tokens.
enum class Positions : std::uint8_t { rotary, learned };
/// The function between the two layers of a feed-forward block.
enum class Activation : std::uint8_t { squared_relu, gelu };

TRILBY_DESCRIBE_ENUM(TokenChoice, '_', automatic, characters, bytes)
TRILBY_DESCRIBE_ENUM(Positions, '_', rotary, learned)
TRILBY_DESCRIBE_ENUM(Activation, '_', squared_relu, gelu)

struct Settings {
    static constexpr std::string_view name = "text";
    static constexpr std::string_view unit = "tokens";  ///< of the speed
    static constexpr bool may_use_bfloat16 = false;

    std::string path;     ///< of the file
    std::string dataset;  ///< or the name of a known data set with one file
    TokenChoice tokens = TokenChoice::automatic;
    /// Shares of the text that are held out, from its end: training, validation, test.
    double validation = 0.1;
    double test = 0.0;

    std::int64_t context = 64;  ///< tokens that a prediction can see
    std::int64_t layers = 4;
    std::int64_t heads = 4;
    std::int64_t width = 128;  ///< numbers per token between layers; a multiple of `heads`
    double dropout = 0.0;
    Positions positions = Positions::rotary;
    Activation activation = Activation::squared_relu;
    bool query_key_norm = true;  ///< normalize queries and keys in each head

    static void visit_data_keys(auto& settings, auto& keys) {
        keys.optional("path", settings.path);
        keys.optional("dataset", settings.dataset);
        keys.optional("tokens", settings.tokens);
        keys.optional("validation", settings.validation, 0.0, 0.9);
        keys.optional("test", settings.test, 0.0, 0.9);
    }
    static void visit_keys_of_any_network(auto& settings, auto& keys) {
        keys.optional("context", settings.context, 2, 65'536);
    }
    static void visit_network_keys(auto& settings, auto& keys) {
        visit_keys_of_any_network(settings, keys);
        keys.optional("layers", settings.layers, 1, 1'000);
        keys.optional("heads", settings.heads, 1, 1'000);
        keys.optional("width", settings.width, 1, 65'536);
        keys.optional("dropout", settings.dropout, 0.0, 0.99);
        keys.optional("positions", settings.positions);
        keys.optional("activation", settings.activation);
        keys.optional("query_key_norm", settings.query_key_norm);
    }
    bool operator==(const Settings&) const = default;
};

}  // namespace trilby::train::text
