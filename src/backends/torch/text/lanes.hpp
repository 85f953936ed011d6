// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Sixteen float32 at a time, with the instructions of the CPU that the program runs on. Functions
/// are inlined, so that each is compiled for the CPU of its caller.

#pragma once

#include <cstdint>
#include <cstring>

// Compiles a function for each of these CPUs; the program chooses when it starts.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define TRILBY_FOR_EACH_CPU \
    __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TRILBY_FOR_EACH_CPU
#endif
#define TRILBY_INLINE [[gnu::always_inline]] inline

namespace trilby::backends {

inline constexpr std::int64_t lane_count = 16;

using Lanes = float __attribute__((vector_size(lane_count * sizeof(float))));
using IntegerLanes = std::int32_t __attribute__((vector_size(lane_count * sizeof(std::int32_t))));

/// Whether this CPU computes that many at a time faster than one by one.
[[nodiscard]] inline bool has_lanes() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
#else
    return true;
#endif
}

// Lanes are passed by reference, because how they are passed by value depends on the CPU.

TRILBY_INLINE void load(Lanes& into, const float* from) {
    std::memcpy(&into, from, sizeof into);
}

TRILBY_INLINE void store(float* to, const Lanes& from) {
    std::memcpy(to, &from, sizeof from);
}

/// Each lane with the one `distance` further or before, a power of two.
template <int distance>
TRILBY_INLINE void exchange(Lanes& into, const Lanes& from) {
    into = __builtin_shufflevector(
        from, from, 0 ^ distance, 1 ^ distance, 2 ^ distance, 3 ^ distance, 4 ^ distance,
        5 ^ distance, 6 ^ distance, 7 ^ distance, 8 ^ distance, 9 ^ distance, 10 ^ distance,
        11 ^ distance, 12 ^ distance, 13 ^ distance, 14 ^ distance, 15 ^ distance);
}

template <int distance>
TRILBY_INLINE void add_exchanged(Lanes& x) {
    Lanes other;
    exchange<distance>(other, x);
    x += other;
}

template <int distance>
TRILBY_INLINE void take_larger(Lanes& x) {
    Lanes other;
    exchange<distance>(other, x);
    x = other > x ? other : x;
}

TRILBY_INLINE float sum_of(const Lanes& x) {
    Lanes sum = x;
    add_exchanged<8>(sum);
    add_exchanged<4>(sum);
    add_exchanged<2>(sum);
    add_exchanged<1>(sum);
    return sum[0];
}

TRILBY_INLINE float largest_of(const Lanes& x) {
    Lanes largest = x;
    take_larger<8>(largest);
    take_larger<4>(largest);
    take_larger<2>(largest);
    take_larger<1>(largest);
    return largest[0];
}

/// `width` is a multiple of lane_count.
TRILBY_INLINE float dot(const float* a, const float* b, std::int64_t width) {
    Lanes sums{};
    for (std::int64_t i = 0; i < width; i += lane_count) {
        Lanes x;
        Lanes y;
        load(x, a + i);
        load(y, b + i);
        sums += x * y;
    }
    return sum_of(sums);
}

/// e^x for x <= 0, with a relative error below 3e-7; 0 below -87.
TRILBY_INLINE void exponential(Lanes& x) {
    constexpr float log2_e = 1.44269504F;
    constexpr float ln2_high = 0.693359375F;
    constexpr float ln2_low = -2.12194440e-4F;
    constexpr float rounding = 12582912.0F;  // 1.5 * 2^23: adding it rounds to an integer
    constexpr float least = -87.0F;
    const IntegerLanes is_zero = x < least;
    const Lanes bounded = is_zero ? Lanes{} + least : x;
    const Lanes shifted = bounded * log2_e + rounding;
    const Lanes power = shifted - rounding;
    const Lanes rest = bounded - power * ln2_high - power * ln2_low;
    Lanes sum = rest * 1.9875691500e-4F + 1.3981999507e-3F;  // the polynomial of Cephes
    sum = sum * rest + 8.3334519073e-3F;
    sum = sum * rest + 4.1665795894e-2F;
    sum = sum * rest + 1.6666665459e-1F;
    sum = sum * rest + 5.0000001201e-1F;
    sum = sum * rest * rest + rest + 1.0F;
    // The low bits of `shifted` are the power of two, which is added to the exponent.
    IntegerLanes bits;
    IntegerLanes exponent;
    std::memcpy(&bits, &sum, sizeof bits);
    std::memcpy(&exponent, &shifted, sizeof exponent);
    bits += exponent << 23;
    std::memcpy(&sum, &bits, sizeof sum);
    x = is_zero ? Lanes{} : sum;
}

}  // namespace trilby::backends
