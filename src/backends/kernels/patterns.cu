// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/patterns.hpp"

namespace trilby::gpu {
namespace {

/// Keeps a word that is wrong, if there is room.
TRILBY_GPU_DEVICE inline void note(WrongWords* wrong, WrongWords::Word word) {
    const std::uint64_t place = count_up(&wrong->count);
    if (place < WrongWords::most_kept) {
        wrong->kept[place] = word;
    }
}

struct Fill {
    std::uint64_t* words;
    Filling filling;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const { words[i] = word_of(filling, i); }
};

struct Check {
    const std::uint64_t* words;
    Filling filling;
    WrongWords* wrong;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const {
        const std::uint64_t expected = word_of(filling, i);
        const std::uint64_t found = words[i];
        if (found != expected) {
            note(wrong, {i, expected, found});
        }
    }
};

struct CheckAndInvert {
    std::uint64_t* words;
    Filling filling;
    WrongWords* wrong;

    TRILBY_GPU_DEVICE void operator()(std::uint64_t i) const {
        Check{words, filling, wrong}(i);
        words[i] = ~word_of(filling, i);
    }
};

/// Two phases: a word and its complement are written, and read by another thread, in turn.
struct CheckScratch {
    static constexpr unsigned phases = 4;

    std::uint64_t seed;
    const std::uint64_t* flips;
    WrongWords* wrong;

    TRILBY_GPU_DEVICE std::uint64_t word(unsigned block, unsigned place, bool is_inverted) const {
        return word_of({Pattern::random, seed, is_inverted},
                       std::uint64_t{block} * scratch_words + place);
    }

    TRILBY_GPU_DEVICE void operator()(unsigned phase, unsigned block, unsigned thread,
                                      std::uint64_t* scratch) const {
        const bool is_inverted = phase >= 2;
        const bool writes = phase % 2 == 0;
        for (unsigned i = thread; i < scratch_words; i += threads_per_block) {
            if (writes) {
                scratch[i] = word(block, i, is_inverted) ^ (block == 0 ? flips[i] : 0);
            } else {
                read(block, scratch_words - 1 - i, is_inverted, scratch);
            }
        }
    }

    TRILBY_GPU_DEVICE void read(unsigned block, unsigned place, bool is_inverted,
                                const std::uint64_t* scratch) const {
        const std::uint64_t expected = word(block, place, is_inverted);
        const std::uint64_t found = scratch[place];
        if (found != expected) {
            note(wrong, {std::uint64_t{block} * scratch_words + place, expected, found});
        }
    }
};

}  // namespace

Status fill(std::uint64_t* words, std::uint64_t count, Filling filling) {
    return for_each(count, Fill{words, filling});
}

Status check(const std::uint64_t* words, std::uint64_t count, Filling filling, WrongWords* wrong) {
    return for_each(count, Check{words, filling, wrong});
}

Status check_and_invert(std::uint64_t* words, std::uint64_t count, Filling filling,
                        WrongWords* wrong) {
    return for_each(count, CheckAndInvert{words, filling, wrong});
}

Status check_scratch(unsigned blocks, std::uint64_t seed, const std::uint64_t* flips,
                     WrongWords* wrong) {
    return for_each_block(blocks, CheckScratch{seed, flips, wrong});
}

}  // namespace trilby::gpu
