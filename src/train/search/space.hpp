// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The settings that a search tries: which keys of a recipe it varies, and the candidates that it
/// draws. These depend only on the recipe, the keys and the seed, never on the time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::search {

/// A key of a recipe with a list of values or a range of numbers.
struct Variation {
    std::string key;                  ///< "optimizer.learning_rate"
    std::vector<std::string> values;  ///< as in a recipe; empty for a range
    double low = 0.0;                 ///< of a range
    double high = 0.0;
    bool is_whole = false;  ///< a range of whole numbers

    /// A range over a factor of ten or more is drawn log-uniformly.
    [[nodiscard]] bool is_logarithmic() const { return low > 0.0 && high >= 10.0 * low; }
};

/// Reads "KEY=VALUE,VALUE" or "KEY=LOW..HIGH" for keys of `recipe`. A key that does not exist, a
/// value out of range, and a key that changes what the validation measures are errors.
[[nodiscard]] Result<std::vector<Variation>> parse_variations(
    const Recipe& recipe, const std::vector<std::string>& texts);

/// What is varied unless the user says otherwise, in the form that parse_variations() reads.
[[nodiscard]] std::vector<std::string> default_variations(const Recipe& recipe);

struct Candidate {
    std::vector<std::string> changes;  ///< "KEY=VALUE"; none for the recipe's own settings
    Recipe recipe;
};

inline constexpr std::size_t most_candidates = 200;

/// The recipe's own settings, then others in the order in which they are tried; at most `most`, and
/// fewer if the lists of values have no more combinations. Values that do not fit together are an
/// error.
[[nodiscard]] Result<std::vector<Candidate>> draw_candidates(
    const Recipe& recipe, const std::vector<Variation>& variations, std::int64_t seed,
    std::size_t most = most_candidates);

}  // namespace trilby::train::search
