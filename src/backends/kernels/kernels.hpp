// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The kernels of Trilby's own, for one device at a time: the one that device.hpp selected. Every
/// pointer is to memory of that device, and work is put on its default stream: a call returns once
/// the work is handed over. reference.hpp says in plain code what each must compute.

#pragma once

#include <cstddef>
#include <cstdint>

#include "backends/kernels/device.hpp"

namespace trilby::gpu {

/// What 64-bit words of memory hold, as a function of where they are.
enum class Pattern : int {
    random,        ///< another number everywhere, from the seed
    address,       ///< the word's own index: finds wires of addresses that are mixed up
    walking_one,   ///< a single 1 that moves by one bit from word to word
    checkerboard,  ///< 0101... beside 1010...
};

struct Filling {
    Pattern pattern = Pattern::random;
    std::uint64_t seed = 0;
    bool is_inverted = false;
};

/// Words that are not what they should be. To be zeroed before a kernel counts in it.
struct WrongWords {
    static constexpr std::size_t most_kept = 8;
    struct Word {
        std::uint64_t index;
        std::uint64_t expected;
        std::uint64_t found;
    };
    std::uint64_t count;
    Word kept[most_kept];  ///< of them, in no order
};

/// Writes `count` words.
Status fill(std::uint64_t* words, std::uint64_t count, Filling filling);
/// Reads them back, and counts those that differ in `wrong`.
Status check(const std::uint64_t* words, std::uint64_t count, Filling filling, WrongWords* wrong);
/// Does the same, and leaves the complement of what should be there: a step of moving inversions.
Status check_and_invert(std::uint64_t* words, std::uint64_t count, Filling filling,
                        WrongWords* wrong);
/// Words of the fast memory that the threads of a block share: 32 KiB, which every GPU has.
inline constexpr unsigned scratch_words = 4096;
/// The same for that memory: `blocks` blocks fill all of theirs, and read in another order what
/// other threads wrote. `flips` has a word for each of block 0's, whose bits are flipped between
/// writing and reading: zero, or a fault that is to be found.
Status check_scratch(unsigned blocks, std::uint64_t seed, const std::uint64_t* flips,
                     WrongWords* wrong);

/// The operations of McCalpin's STREAM (1995) on float64: c = a, c = f b, c = a + b, c = a + f b.
Status copy(double* c, const double* a, std::uint64_t count);
Status scale(double* c, const double* b, double factor, std::uint64_t count);
Status add(double* c, const double* a, const double* b, std::uint64_t count);
Status triad(double* c, const double* a, const double* b, double factor, std::uint64_t count);

/// x = x * x + c, `steps` times for each of `count` values, rounded once a step (fused). For c from
/// -2 to -1.5 and x in [-1.5, 1.5], neighbors part at once, and a single wrong bit changes the
/// rest of the way.
Status iterate(double* x, std::uint64_t count, double c, unsigned steps);
Status iterate(float* x, std::uint64_t count, float c, unsigned steps);
/// x = x * factor + addend modulo 2^64, for the integer units.
Status iterate(std::uint64_t* x, std::uint64_t count, std::uint64_t factor, std::uint64_t addend,
               unsigned steps);

/// Follows `next` from entry `start`, `steps` times, each step waiting for the one before, and
/// writes where it ends to `end`.
Status chase(const std::uint32_t* next, std::uint32_t start, std::uint64_t steps,
             std::uint32_t* end);

}  // namespace trilby::gpu
