// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/vectors.hpp"

#include <bit>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "backends/cores/hidden.hpp"
#include "base/random.hpp"

namespace trilby::cores {
namespace {

constexpr unsigned steps = 4000;

/// x = x * x + c, rounded once, where neighbors soon diverge: x from -1.5 to 1.5, c from -2 to
/// -1.5.
template <class Real>
struct Chain {
    Real start[lane_count];
    Real c;

    explicit Chain(std::uint64_t seed) {
        constexpr Real fraction = Real(1) / (1U << 24U);
        SplitMix64 random(seed);
        for (Real& x : start) {
            x = static_cast<Real>(random() >> 40U) * fraction * 3 - Real(1.5);
        }
        c = Real(-1.5) - static_cast<Real>(random() >> 40U) * fraction / 2;
    }
};

/// x = x * factor + addend modulo 2^32, with its high bits folded in.
struct Congruence {
    std::uint32_t start[lane_count];
    std::uint32_t factor;
    std::uint32_t addend;

    explicit Congruence(std::uint64_t seed) {
        SplitMix64 random(seed);
        for (std::uint32_t& x : start) {
            x = static_cast<std::uint32_t>(random());
        }
        factor = static_cast<std::uint32_t>(random()) | 1U;
        addend = static_cast<std::uint32_t>(random());
    }
};

constexpr std::size_t rows = 32;
constexpr std::size_t depth = 64;
constexpr int largest = 511;  // so that sums of `depth` products are exact in float32

/// Row-major; each row of the result has a column for each lane.
struct Factors {
    float left[rows][depth];
    float right[depth][lane_count];

    explicit Factors(std::uint64_t seed) {
        SplitMix64 random(seed);
        const auto draw = [&] {
            return static_cast<float>(static_cast<int>(random.below(2 * largest + 1)) - largest);
        };
        for (auto& row : left) {
            for (float& value : row) {
                value = draw();
            }
        }
        for (auto& row : right) {
            for (float& value : row) {
                value = draw();
            }
        }
    }
};

// A wrong bit of x changes all later values of the sum, because the factor is odd.
constexpr std::uint32_t spread32 = 0x9e3779b1U;
constexpr std::uint64_t spread64 = 0x9e3779b97f4a7c15U;

template <class Real>
using BitsOf = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;

template <class Bits>
constexpr Bits spread = static_cast<Bits>(sizeof(Bits) == 4 ? spread32 : spread64);

template <class T, std::size_t bytes>
struct VectorOf {
    typedef T type __attribute__((vector_size(bytes)));
};
template <class T, std::size_t bytes>
using Vector = typename VectorOf<T, bytes>::type;

/// sum = a * b + sum in each lane, rounded once: one instruction where the CPU has one. Vectors are
/// passed by reference, since the registers for values depend on the target.
template <class V>
[[gnu::always_inline]] inline void fuse(V& sum, const V& a, const V& b) {
    for (std::size_t lane = 0; lane < sizeof(V) / sizeof(a[0]); ++lane) {
        if constexpr (sizeof(a[0]) == sizeof(float)) {
            sum[lane] = __builtin_fmaf(a[lane], b[lane], sum[lane]);
        } else {
            sum[lane] = __builtin_fma(a[lane], b[lane], sum[lane]);
        }
    }
}

template <class T>
[[gnu::always_inline]] inline void take(Lanes& lanes, const T* values) {
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        lanes[lane] = values[lane];
    }
}

/// The input of both computations. The compiler cannot know that they start from equal values.
template <class Input>
struct Twice {
    Input first;
    Input second;

    explicit Twice(std::uint64_t seed) : first(seed), second(seed) {
        hide(first);
        hide(second);
    }
};

// The two computations of an answer take turns in the same loop, so that their values are in
// different registers.

template <std::size_t bytes, class Real>
[[gnu::always_inline]] inline void square(const Twice<Chain<Real>>& input, Answer& answer) {
    const auto& [first, second] = input;
    using Reals = Vector<Real, bytes>;
    using Bits = Vector<BitsOf<Real>, bytes>;
    constexpr std::size_t count = lane_count * sizeof(Real) / bytes;
    Reals x[count];
    Reals y[count];
    std::memcpy(x, first.start, sizeof x);
    std::memcpy(y, second.start, sizeof y);
    const Reals c = Reals{} + first.c;
    const Reals d = Reals{} + second.c;
    Bits x_sum[count] = {};
    Bits y_sum[count] = {};
    for (unsigned step = 0; step < steps; ++step) {
#pragma GCC unroll 8
        for (std::size_t i = 0; i < count; ++i) {
            Reals next_x = c;
            fuse(next_x, x[i], x[i]);
            x[i] = next_x;
            x_sum[i] = (x_sum[i] ^ (Bits)next_x) * spread<BitsOf<Real>>;
            Reals next_y = d;
            fuse(next_y, y[i], y[i]);
            y[i] = next_y;
            y_sum[i] = (y_sum[i] ^ (Bits)next_y) * spread<BitsOf<Real>>;
        }
    }
    BitsOf<Real> sums[lane_count];
    std::memcpy(sums, x_sum, sizeof sums);
    take(answer.first, sums);
    std::memcpy(sums, y_sum, sizeof sums);
    take(answer.second, sums);
}

template <std::size_t bytes>
[[gnu::always_inline]] inline void iterate(const Twice<Congruence>& input, Answer& answer) {
    const auto& [first, second] = input;
    using Words = Vector<std::uint32_t, bytes>;
    constexpr std::size_t count = sizeof first.start / bytes;
    Words x[count];
    Words y[count];
    std::memcpy(x, first.start, sizeof x);
    std::memcpy(y, second.start, sizeof y);
    for (unsigned step = 0; step < steps; ++step) {
#pragma GCC unroll 4
        for (std::size_t i = 0; i < count; ++i) {
            x[i] = x[i] * first.factor + first.addend;
            x[i] ^= x[i] >> 15U;
            y[i] = y[i] * second.factor + second.addend;
            y[i] ^= y[i] >> 15U;
        }
    }
    std::uint32_t words[lane_count];
    std::memcpy(words, x, sizeof words);
    take(answer.first, words);
    std::memcpy(words, y, sizeof words);
    take(answer.second, words);
}

/// All values of a column in one number; each counts, and so does its row.
inline std::uint64_t add_value(std::uint64_t sum, std::int64_t value) {
    return sum * spread64 + static_cast<std::uint64_t>(value);
}

template <class V>
[[gnu::always_inline]] inline void add_row(Lanes& lanes, const V* sums) {
    float row[lane_count];
    std::memcpy(row, sums, sizeof row);
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        lanes[lane] = add_value(lanes[lane], static_cast<std::int64_t>(row[lane]));
    }
}

template <std::size_t bytes>
[[gnu::always_inline]] inline void multiply(const Twice<Factors>& input, Answer& answer) {
    const auto& [first, second] = input;
    using Reals = Vector<float, bytes>;
    constexpr std::size_t count = lane_count * sizeof(float) / bytes;
    for (std::size_t row = 0; row < rows; ++row) {
        Reals x[count] = {};
        Reals y[count] = {};
        for (std::size_t k = 0; k < depth; ++k) {
            Reals right[count];
            std::memcpy(right, first.right[k], sizeof right);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < count; ++i) {
                fuse(x[i], Reals{} + first.left[row][k], right[i]);
            }
            std::memcpy(right, second.right[k], sizeof right);
#pragma GCC unroll 4
            for (std::size_t i = 0; i < count; ++i) {
                fuse(y[i], Reals{} + second.left[row][k], right[i]);
            }
        }
        add_row(answer.first, x);
        add_row(answer.second, y);
    }
}

enum class Kind : unsigned char { floats, doubles, integers, product };

template <std::size_t bytes>
[[gnu::always_inline]] inline void compute(Kind kind, std::uint64_t seed, Answer& answer) {
    switch (kind) {
        case Kind::floats:
            return square<bytes>(Twice<Chain<float>>(seed), answer);
        case Kind::doubles:
            return square<bytes>(Twice<Chain<double>>(seed), answer);
        case Kind::integers:
            return iterate<bytes>(Twice<Congruence>(seed), answer);
        case Kind::product:
            return multiply<bytes>(Twice<Factors>(seed), answer);
    }
}

#ifdef __x86_64__
[[gnu::target("avx512f,avx512dq")]] void compute_512(Kind kind, std::uint64_t seed,
                                                     Answer& answer) {
    compute<64>(kind, seed, answer);
}

[[gnu::target("avx2,fma")]] void compute_256(Kind kind, std::uint64_t seed, Answer& answer) {
    compute<32>(kind, seed, answer);
}
#endif

/// SSE2 or NEON, which every CPU of its kind has.
void compute_128(Kind kind, std::uint64_t seed, Answer& answer) {
    compute<16>(kind, seed, answer);
}

struct VectorUnit {
    int bits;
    void (*compute)(Kind kind, std::uint64_t seed, Answer& answer);
};

VectorUnit find_widest() {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        return {512, compute_512};
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        return {256, compute_256};
    }
#endif
    return {128, compute_128};
}

const VectorUnit& widest() {
    static const VectorUnit unit = find_widest();
    return unit;
}

Answer compute_widest(Kind kind, std::uint64_t seed) {
    Answer answer;
    widest().compute(kind, seed, answer);
    return answer;
}

template <class Real>
Lanes expected_chains(std::uint64_t seed) {
    const Chain<Real> chain(seed);
    Lanes lanes{};
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        Real x = chain.start[lane];
        BitsOf<Real> sum = 0;
        for (unsigned step = 0; step < steps; ++step) {
            x = std::fma(x, x, chain.c);
            sum = (sum ^ std::bit_cast<BitsOf<Real>>(x)) * spread<BitsOf<Real>>;
        }
        lanes[lane] = sum;
    }
    return lanes;
}

}  // namespace

int vector_bits() {
    return widest().bits;
}

Answer float_vectors(std::uint64_t seed) {
    return compute_widest(Kind::floats, seed);
}

Answer double_vectors(std::uint64_t seed) {
    return compute_widest(Kind::doubles, seed);
}

Answer integer_vectors(std::uint64_t seed) {
    return compute_widest(Kind::integers, seed);
}

Answer matrix_product(std::uint64_t seed) {
    return compute_widest(Kind::product, seed);
}

Lanes expected_floats(std::uint64_t seed) {
    return expected_chains<float>(seed);
}

Lanes expected_doubles(std::uint64_t seed) {
    return expected_chains<double>(seed);
}

Lanes expected_integers(std::uint64_t seed) {
    const Congruence congruence(seed);
    Lanes lanes{};
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        std::uint32_t x = congruence.start[lane];
        for (unsigned step = 0; step < steps; ++step) {
            x = x * congruence.factor + congruence.addend;
            x ^= x >> 15U;
        }
        lanes[lane] = x;
    }
    return lanes;
}

Lanes expected_product(std::uint64_t seed) {
    const Factors factors(seed);
    Lanes lanes{};
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t lane = 0; lane < lane_count; ++lane) {
            std::int64_t sum = 0;
            for (std::size_t k = 0; k < depth; ++k) {
                sum += static_cast<std::int64_t>(factors.left[row][k]) *
                       static_cast<std::int64_t>(factors.right[k][lane]);
            }
            lanes[lane] = add_value(lanes[lane], sum);
        }
    }
    return lanes;
}

}  // namespace trilby::cores
