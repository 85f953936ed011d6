// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/space.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <set>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "train/run_comparison.hpp"

namespace trilby::train::search {
namespace {

using Changes = std::vector<std::string>;

std::optional<double> number_in(std::string_view text) {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool is_number =
        error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
    return is_number ? std::optional(value) : std::nullopt;
}

std::unexpected<Error> malformed(std::string_view text) {
    return failure(ErrorCode::usage,
                   fmt::format("--vary takes SECTION.KEY=VALUE,VALUE or SECTION.KEY=LOW..HIGH, not "
                               "'{}'",
                               printable(text, 64)),
                   "for example: --vary optimizer.learning_rate=0.0001..0.01");
}

/// Why a search must not vary a key; empty if it may.
std::string_view reason_against(const std::string& key) {
    constexpr std::array own_options{"training.epochs", "training.steps_per_epoch",
                                     "training.seed"};
    if (std::ranges::find(own_options, key) != own_options.end()) {
        return "the search itself chooses epochs and seeds";
    }
    return is_about_tested_data(key) ? "results on different data cannot be compared" : "";
}

/// Whether a key takes whole numbers only: it refuses one with a fraction.
bool takes_whole_numbers(const Recipe& recipe, const std::string& key, double low, double high) {
    constexpr double golden = 0.6180339887498949;
    const std::string fraction = fmt::format("{:.17g}", low + golden * (high - low));
    return !with_changes(recipe, {key + "=" + fraction});
}

Result<Variation> parse_range(const Recipe& recipe, std::string key, std::string_view text) {
    const std::size_t dots = text.find("..");
    const auto low = number_in(trim(text.substr(0, dots)));
    const auto high = number_in(trim(text.substr(dots + 2)));
    if (!low || !high || *low >= *high) {
        return failure(ErrorCode::usage,
                       fmt::format("--vary {}: '{}' is not a range of numbers, from the lowest to "
                                   "the highest",
                                   printable(key, 64), printable(text, 64)),
                       "for example: --vary optimizer.learning_rate=0.0001..0.01");
    }
    const bool is_whole = takes_whole_numbers(recipe, key, *low, *high);
    return Variation{.key = std::move(key), .low = *low, .high = *high, .is_whole = is_whole};
}

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> values;
    for (std::size_t start = 0; start <= text.size();) {
        const std::size_t end = std::min(text.find(',', start), text.size());
        values.emplace_back(trim(text.substr(start, end - start)));
        start = end + 1;
    }
    return values;
}

/// Three digits are enough for a setting, and are easy to read.
std::string number_text(double value, const Variation& range) {
    if (range.is_whole) {
        return fmt::format("{}", std::llround(value));
    }
    const std::string text = fmt::format("{:.3g}", value);
    const double rounded = number_in(text).value_or(value);
    return rounded >= range.low && rounded <= range.high ? text : fmt::format("{}", value);
}

std::vector<std::string> values_to_check(const Variation& variation) {
    return variation.values.empty() ? std::vector{number_text(variation.low, variation),
                                                  number_text(variation.high, variation)}
                                    : variation.values;
}

std::string change(const std::string& key, const std::string& value) {
    return key + "=" + value;
}

Result<void> check_values(const Recipe& recipe, const Variation& variation) {
    for (const std::string& value : values_to_check(variation)) {
        TRILBY_CHECK(with_changes(recipe, {change(variation.key, value)}, "--vary"));
    }
    return {};
}

Result<Variation> parse_variation(const Recipe& recipe, std::string_view text) {
    const std::size_t equals = text.find('=');
    std::string key(trim(text.substr(0, equals)));
    if (equals == text.npos || key.find('.') == key.npos || key.find(' ') != key.npos ||
        trim(text.substr(equals + 1)).empty()) {
        return malformed(text);
    }
    if (const std::string_view reason = reason_against(key); !reason.empty()) {
        return failure(ErrorCode::usage, fmt::format("--vary {}: {}", printable(key, 64), reason),
                       "vary another key, or change it for all with --set");
    }
    const std::string_view values = text.substr(equals + 1);
    Variation variation;
    if (values.find("..") != values.npos) {
        TRILBY_TRY(range, parse_range(recipe, std::move(key), values));
        variation = std::move(range);
    } else {
        variation = {.key = std::move(key), .values = split_list(values)};
    }
    TRILBY_CHECK(check_values(recipe, variation));
    return variation;
}

/// Uniform in 0 to 1.
double fraction(SplitMix64& random) {
    return std::ldexp(static_cast<double>(random() >> 11), -53);
}

std::string draw_value(const Variation& variation, SplitMix64& random) {
    if (!variation.values.empty()) {
        return variation.values[random.below(variation.values.size())];
    }
    const double part = fraction(random);
    const double value = variation.is_logarithmic()
                             ? variation.low * std::pow(variation.high / variation.low, part)
                             : variation.low + (variation.high - variation.low) * part;
    return number_text(std::clamp(value, variation.low, variation.high), variation);
}

Changes draw_changes(const std::vector<Variation>& variations, SplitMix64& random) {
    Changes changes;
    for (const Variation& variation : variations) {
        changes.push_back(change(variation.key, draw_value(variation, random)));
    }
    return changes;
}

/// How many different draws there are, as far as that matters.
std::size_t combinations(const std::vector<Variation>& variations, std::size_t most) {
    std::size_t count = 1;
    for (const Variation& variation : variations) {
        count *= variation.values.empty() ? most : variation.values.size();
        if (count >= most) {
            return most;
        }
    }
    return count;
}

}  // namespace

Result<std::vector<Variation>> parse_variations(const Recipe& recipe,
                                                const std::vector<std::string>& texts) {
    std::vector<Variation> variations;
    for (const std::string& text : texts) {
        TRILBY_TRY(variation, parse_variation(recipe, text));
        if (std::ranges::find(variations, variation.key, &Variation::key) != variations.end()) {
            return failure(ErrorCode::usage,
                           fmt::format("--vary {} is given twice", printable(variation.key, 64)),
                           "give all of its values in one list");
        }
        variations.push_back(std::move(variation));
    }
    return variations;
}

Result<std::vector<Candidate>> draw_candidates(const Recipe& recipe,
                                               const std::vector<Variation>& variations,
                                               std::int64_t seed, std::size_t most) {
    std::vector<Candidate> candidates;
    candidates.push_back({.changes = {}, .recipe = recipe});
    std::set<std::string> recipes{to_toml(recipe)};
    std::set<Changes> drawn;
    const std::size_t different = combinations(variations, 10 * most);
    SplitMix64 random(static_cast<std::uint64_t>(seed));
    const std::size_t most_draws = 100 * most;
    for (std::size_t draw = 0; draw < most_draws && drawn.size() < different; ++draw) {
        Changes changes = draw_changes(variations, random);
        if (!drawn.insert(changes).second) {
            continue;
        }
        TRILBY_TRY(changed, with_changes(recipe, changes, "--vary"));
        if (recipes.insert(to_toml(changed)).second) {
            candidates.push_back({std::move(changes), std::move(changed)});
        }
        if (candidates.size() == most) {
            break;
        }
    }
    return candidates;
}

}  // namespace trilby::train::search
