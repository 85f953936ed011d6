// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Trilby's own kernels. They run on the device that device.hpp selected: pointers are to its
/// memory, and work goes to its default stream, so that a call returns before the work is done.
/// reference.hpp defines in plain code what each must compute.

#pragma once

#include <cstddef>
#include <cstdint>

#include "backends/kernels/device.hpp"

namespace trilby::gpu {

/// The content of 64-bit words as a function of their place.
enum class Pattern : int {
    random,        ///< a different number everywhere, from the seed
    address,       ///< the index of the word: finds swapped address lines
    walking_one,   ///< a single 1 that moves by one bit from word to word
    checkerboard,  ///< 0101... next to 1010...
};

struct Filling {
    Pattern pattern = Pattern::random;
    std::uint64_t seed = 0;
    bool is_inverted = false;
};

/// The wrong words that kernels count. The caller sets it to zero first.
struct WrongWords {
    static constexpr std::size_t most_kept = 8;
    struct Word {
        std::uint64_t index;
        std::uint64_t expected;
        std::uint64_t found;
    };
    std::uint64_t count;
    Word kept[most_kept];  ///< some of them, in no order
};

/// Writes `count` words.
Status fill(std::uint64_t* words, std::uint64_t count, Filling filling);
/// Reads them back, and counts those that differ in `wrong`.
Status check(const std::uint64_t* words, std::uint64_t count, Filling filling, WrongWords* wrong);
/// Does the same, and leaves the complement of what should be there: a step of moving inversions.
Status check_and_invert(std::uint64_t* words, std::uint64_t count, Filling filling,
                        WrongWords* wrong);
/// Words of the fast memory that the threads of a block share: 32 KiB, which every GPU has.
inline constexpr unsigned shared_words = 4096;
/// The same for that memory: each of `blocks` blocks fills all of its words and reads in another
/// order what other threads wrote. `flips` has a word for each word of block 0, whose bits are
/// flipped between writing and reading: zero, or a fault to find.
Status check_shared_memory(unsigned blocks, std::uint64_t seed, const std::uint64_t* flips,
                           WrongWords* wrong);

/// The operations of McCalpin's STREAM (1995) on float64: c = a, c = f b, c = a + b, c = a + f b.
Status copy(double* c, const double* a, std::uint64_t count);
Status scale(double* c, const double* b, double factor, std::uint64_t count);
Status add(double* c, const double* a, const double* b, std::uint64_t count);
Status triad(double* c, const double* a, const double* b, double factor, std::uint64_t count);

/// x = x * x + c, `steps` times for each of `count` values, rounded once a step (fused). For c from
/// -2 to -1.5 and x in [-1.5, 1.5], neighbors diverge at once, and a single wrong bit changes
/// all later values.
Status iterate(double* x, std::uint64_t count, double c, unsigned steps);
Status iterate(float* x, std::uint64_t count, float c, unsigned steps);
/// x = x * factor + addend modulo 2^64, for the integer units.
Status iterate(std::uint64_t* x, std::uint64_t count, std::uint64_t factor, std::uint64_t addend,
               unsigned steps);

/// Follows `next` from entry `start`, `steps` times, and writes the last entry to `end`. Each step
/// waits for the one before.
Status chase(const std::uint32_t* next, std::uint32_t start, std::uint64_t steps,
             std::uint32_t* end);

}  // namespace trilby::gpu
