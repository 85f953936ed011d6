// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "backends/kernels/gpu_runtime.hpp"

namespace trilby::gpu {

/// The output of SplitMix64 (Steele, Lea and Flood, 2014) at any place of its sequence.
TRILBY_GPU_FUNCTION inline std::uint64_t random_word(std::uint64_t seed, std::uint64_t index) {
    std::uint64_t z = seed + (index + 1) * 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

TRILBY_GPU_FUNCTION inline std::uint64_t upright_word(const Filling& filling, std::uint64_t index) {
    constexpr std::uint64_t odd_bits = 0x5555555555555555U;
    switch (filling.pattern) {
        case Pattern::random:
            return random_word(filling.seed, index);
        case Pattern::address:
            return index;
        case Pattern::walking_one:
            return std::uint64_t{1} << ((index + filling.seed) % 64);
        case Pattern::checkerboard:
            return (index + filling.seed) % 2 == 0 ? odd_bits : ~odd_bits;
    }
    return 0;
}

TRILBY_GPU_FUNCTION inline std::uint64_t word_of(const Filling& filling, std::uint64_t index) {
    const std::uint64_t word = upright_word(filling, index);
    return filling.is_inverted ? ~word : word;
}

}  // namespace trilby::gpu
