// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/split.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <numeric>
#include <utility>

#include "base/random.hpp"
#include "base/text.hpp"
#include "base/try.hpp"

namespace trilby::data {
namespace {

using Rows = LargeVector<std::uint64_t>;

Rows all_rows(std::size_t count) {
    Rows rows(count);
    std::iota(rows.begin(), rows.end(), std::uint64_t{0});
    return rows;
}

/// The last rows of the list are for the test, those before them for the validation. The first
/// `at_least` rows stay in training.
void assign(const Rows& rows, SplitFractions fractions, std::size_t at_least, Split& split) {
    const auto count_of = [&](double fraction, std::size_t most) {
        const auto count =
            static_cast<std::size_t>(std::llround(fraction * static_cast<double>(rows.size())));
        return std::min(count, most);
    };
    const std::size_t available = rows.size() - std::min(rows.size(), at_least);
    const std::size_t test = count_of(fractions.test, available);
    const std::size_t validation = count_of(fractions.validation, available - test);
    const std::size_t first_test = rows.size() - test;
    for (std::size_t i = first_test - validation; i < rows.size(); ++i) {
        split[rows[i]] = i < first_test ? Part::validation : Part::test;
    }
}

}  // namespace

Split split_at_random(std::size_t rows, SplitFractions fractions, std::uint64_t seed) {
    const std::vector<std::uint32_t> one_class(rows);
    return split_classes_at_random(one_class, fractions, seed);
}

Split split_classes_at_random(std::span<const std::uint32_t> classes, SplitFractions fractions,
                              std::uint64_t seed) {
    std::map<std::uint32_t, Rows> rows_by_class;
    for (std::size_t row = 0; row < classes.size(); ++row) {
        rows_by_class[classes[row]].push_back(row);
    }
    SplitMix64 random(seed);
    Split split(classes.size(), Part::training);
    for (auto& [number, rows] : rows_by_class) {
        shuffle(std::span(rows), random);
        assign(rows, fractions, 1, split);
    }
    return split;
}

Split split_in_order(std::size_t rows, SplitFractions fractions) {
    Split split(rows, Part::training);
    assign(all_rows(rows), fractions, 0, split);
    return split;
}

std::optional<Part> part_named(std::string_view word) {
    using Word = std::pair<std::string_view, Part>;
    constexpr std::array<Word, 8> words{{{"train", Part::training},
                                         {"training", Part::training},
                                         {"val", Part::validation},
                                         {"valid", Part::validation},
                                         {"validation", Part::validation},
                                         {"dev", Part::validation},
                                         {"test", Part::test},
                                         {"testing", Part::test}}};
    const auto* found = std::ranges::find(words, lower_case(word), &Word::first);
    return found == words.end() ? std::nullopt : std::optional(found->second);
}

Result<std::vector<Part>> parts_named(std::span<const std::string> words) {
    std::vector<Part> parts;
    for (const std::string& word : words) {
        const auto part = part_named(word);
        if (!part) {
            return failure(ErrorCode::bad_data,
                           fmt::format("'{}' is not a part of the data, expected 'train', 'valid' "
                                       "or 'test'",
                                       word));
        }
        parts.push_back(*part);
    }
    return parts;
}

Result<Split> split_by_words(std::span<const std::uint32_t> codes,
                             std::span<const std::string> words) {
    TRILBY_TRY(parts, parts_named(words));
    Split split;
    for (const std::uint32_t code : codes) {
        split.push_back(parts[code - 1]);
    }
    return split;
}

LargeVector<std::uint64_t> rows_of(const Split& split, Part part) {
    Rows rows;
    for (std::size_t row = 0; row < split.size(); ++row) {
        if (split[row] == part) {
            rows.push_back(row);
        }
    }
    return rows;
}

}  // namespace trilby::data
