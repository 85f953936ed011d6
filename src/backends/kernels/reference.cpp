// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/kernels/reference.hpp"

#include <cmath>

#include "base/random.hpp"

namespace trilby::gpu::reference {
namespace {

std::uint64_t alternating_bits(bool begins_with_one) {
    std::uint64_t word = 0;
    for (unsigned bit = begins_with_one ? 0 : 1; bit < 64; bit += 2) {
        word |= std::uint64_t{1} << bit;
    }
    return word;
}

/// The state after any number of steps is known, so that the generator can skip to any place.
std::uint64_t random_at(std::uint64_t seed, std::uint64_t index) {
    constexpr std::uint64_t step = 0x9e3779b97f4a7c15U;
    return SplitMix64(seed + index * step)();
}

std::uint64_t upright_word(Filling filling, std::uint64_t index) {
    const std::uint64_t place = index + filling.seed;
    switch (filling.pattern) {
        case Pattern::random:
            return random_at(filling.seed, index);
        case Pattern::address:
            return index;
        case Pattern::walking_one:
            return std::uint64_t{1} << (place & 63U);
        case Pattern::checkerboard:
            return alternating_bits((place & 1U) == 0);
    }
    return 0;
}

}  // namespace

std::uint64_t word_at(Filling filling, std::uint64_t index) {
    const std::uint64_t word = upright_word(filling, index);
    return filling.is_inverted ? ~word : word;
}

double iterate(double x, double c, unsigned steps) {
    for (unsigned step = 0; step < steps; ++step) {
        x = std::fma(x, x, c);
    }
    return x;
}

float iterate(float x, float c, unsigned steps) {
    for (unsigned step = 0; step < steps; ++step) {
        x = std::fma(x, x, c);
    }
    return x;
}

std::uint64_t iterate(std::uint64_t x, std::uint64_t factor, std::uint64_t addend, unsigned steps) {
    for (unsigned step = 0; step < steps; ++step) {
        x = x * factor + addend;
    }
    return x;
}

std::uint32_t chase(std::span<const std::uint32_t> next, std::uint32_t start, std::uint64_t steps) {
    for (std::uint64_t step = 0; step < steps; ++step) {
        start = next[start];
    }
    return start;
}

}  // namespace trilby::gpu::reference
