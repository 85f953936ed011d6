// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/round_digests.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <gmock/gmock.h>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "backends/torch/checking/digest.hpp"
#include "backends/torch/checking/draws.hpp"

namespace trilby::backends {
namespace {

using ::testing::SizeIs;
using torch::Tensor;

std::uint64_t digest_of_words(std::initializer_list<std::uint64_t> words) {
    Digest digest;
    for (const std::uint64_t word : words) {
        digest.add(word);
    }
    return digest.value();
}

TEST(Digest, EveryBitEveryPlaceAndEveryZeroCounts) {
    const std::uint64_t before = digest_of_words({3, 5, 0, 9});
    for (int bit = 0; bit < 64; ++bit) {
        EXPECT_NE(digest_of_words({3, 5 ^ (std::uint64_t{1} << bit), 0, 9}), before) << bit;
    }
    EXPECT_NE(digest_of_words({5, 3, 0, 9}), before);
    EXPECT_NE(digest_of_words({3, 0, 5, 9}), before);
    EXPECT_NE(digest_of_words({3, 5, 0, 0, 9}), before);
    EXPECT_NE(digest_of_words({0}), digest_of_words({0, 0}));
}

std::string digest_of_text(std::string_view text) {
    Digest digest;
    digest.add(text);
    return digest.text();
}

TEST(Digest, BytesThatFillNoWordCount) {
    EXPECT_EQ(digest_of_text("eight by").size(), 16U);
    EXPECT_NE(digest_of_text("eight bytes"), digest_of_text("eight byte"));
    EXPECT_NE(digest_of_text("eight bytes"), digest_of_text("eight bytec"));
    EXPECT_EQ(digest_of_text("eight bytes"), digest_of_text("eight bytes"));
}

TEST(Digest, EveryByteOfALongTextCounts) {
    std::string text;
    for (char letter = 'A'; text.size() < 57; ++letter) {
        text += letter;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = '!';
        EXPECT_NE(digest_of_text(changed), digest_of_text(text)) << i;
        for (const std::size_t distance : {1, 8, 32}) {
            std::string swapped = text;
            std::swap(swapped[i], swapped[(i + distance) % text.size()]);
            EXPECT_NE(digest_of_text(swapped), digest_of_text(text)) << i << ", " << distance;
        }
    }
}

/// The results of a computation in one round.
validate::RoundDigest digest_of(const Tensor& result, std::uint64_t drawn = 7,
                                const std::string& what = "sum", std::uint64_t round = 3) {
    RoundDigests digests;
    digests.begin_round(round);
    digests.add(what, drawn, {result});
    return digests.report().at(0);
}

TEST(RoundDigests, TellInputsAndResultsApart) {
    const Tensor values = torch::arange(5, torch::kBFloat16);
    const validate::RoundDigest before = digest_of(values);
    EXPECT_EQ(before.round, 3U);
    EXPECT_EQ(digest_of(values.clone()), before);
    const validate::RoundDigest swapped = digest_of(values.flip(0));
    EXPECT_EQ(swapped.inputs, before.inputs);
    EXPECT_NE(swapped.results, before.results);
    EXPECT_NE(digest_of(values, 8).inputs, before.inputs);
    EXPECT_NE(digest_of(values, 7, "mean").inputs, before.inputs);
    EXPECT_EQ(digest_of(values, 8).results, before.results);
}

TEST(RoundDigests, AreThoseOfTheFirstRoundsAndOfSomeInEachDoubling) {
    RoundDigests digests;
    for (std::uint64_t round = 0; round < 256; ++round) {
        digests.begin_round(round);
        digests.add("sum", round, {torch::full({2}, 0.5)});
    }
    const auto report = digests.report();
    constexpr std::uint64_t all = 2 * RoundDigests::rounds_per_doubling;
    ASSERT_THAT(report, SizeIs(all + 3 * RoundDigests::rounds_per_doubling));
    EXPECT_EQ(report[all - 1].round, all - 1);
    EXPECT_EQ(report[all].round, all);
    EXPECT_EQ(report[all + 1].round, all + 2);
    EXPECT_EQ(report.back().round, 248U);
    EXPECT_EQ(report.back(), digest_of(torch::full({2}, 0.5), 248, "sum", 248));
}

/// What a round has drawn with this seed.
std::uint64_t digest_after(std::uint64_t seed, const std::function<void(Draws&)>& draw) {
    Draws draws(seed);
    draws.begin_round(1);
    draw(draws);
    return draws.digest();
}

TEST(Draws, TheDigestTellsSeedsNumbersAndSizesApart) {
    const auto tensor = [](std::int64_t size) {
        return [size](Draws& draws) { (void)draws.reals({size, 2}, torch::kFloat32, 0, 1); };
    };
    EXPECT_EQ(digest_after(5, tensor(3)), digest_after(5, tensor(3)));
    EXPECT_NE(digest_after(5, tensor(3)), digest_after(6, tensor(3)));
    EXPECT_NE(digest_after(5, tensor(3)), digest_after(5, tensor(4)));
    EXPECT_NE(digest_after(5, [](Draws& draws) { (void)draws.between(0, 9); }),
              digest_after(5, [](Draws& draws) { (void)draws.between(1, 10); }));
    EXPECT_NE(digest_after(5, [](Draws& draws) { (void)draws.size(3); }),
              digest_after(5, [](Draws& draws) { (void)draws.size(4); }));
}

}  // namespace
}  // namespace trilby::backends
