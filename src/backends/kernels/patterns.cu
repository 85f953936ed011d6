// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/patterns.hpp"

namespace trilby::gpu {
namespace {

/// Counts a wrong word, and keeps it if there is room.
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

/// Writes a word and later its complement; another thread reads each.
struct CheckSharedMemory {
    static constexpr unsigned phases = 4;

    std::uint64_t seed;
    const std::uint64_t* flips;
    WrongWords* wrong;

    TRILBY_GPU_DEVICE std::uint64_t word(unsigned block, unsigned place, bool is_inverted) const {
        return word_of({Pattern::random, seed, is_inverted},
                       std::uint64_t{block} * shared_words + place);
    }

    TRILBY_GPU_DEVICE void operator()(unsigned phase, unsigned block, unsigned thread,
                                      std::uint64_t* shared) const {
        const bool is_inverted = phase >= 2;
        const bool writes = phase % 2 == 0;
        for (unsigned i = thread; i < shared_words; i += threads_per_block) {
            if (writes) {
                shared[i] = word(block, i, is_inverted) ^ (block == 0 ? flips[i] : 0);
            } else {
                read(block, shared_words - 1 - i, is_inverted, shared);
            }
        }
    }

    TRILBY_GPU_DEVICE void read(unsigned block, unsigned place, bool is_inverted,
                                const std::uint64_t* shared) const {
        const std::uint64_t expected = word(block, place, is_inverted);
        const std::uint64_t found = shared[place];
        if (found != expected) {
            note(wrong, {std::uint64_t{block} * shared_words + place, expected, found});
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

Status check_shared_memory(unsigned blocks, std::uint64_t seed, const std::uint64_t* flips,
                           WrongWords* wrong) {
    return for_each_block(blocks, CheckSharedMemory{seed, flips, wrong});
}

}  // namespace trilby::gpu
