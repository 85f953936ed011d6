// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/cores/scalars.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>
#include <vector>
#include <zlib.h>

#include "backends/cores/hidden.hpp"
#include "base/random.hpp"

namespace trilby::cores {
namespace {

constexpr unsigned steps = 500;
constexpr std::uint64_t spread = 0x9e3779b97f4a7c15U;

// --- chains ---

struct Integers {
    std::uint64_t start[lane_count];
    std::uint64_t factor;
    std::uint64_t addend;
    std::uint64_t divisor;

    explicit Integers(std::uint64_t seed) {
        SplitMix64 random(seed);
        for (std::uint64_t& x : start) {
            x = random();
        }
        factor = random() | 1U;
        addend = random();
        divisor = (random() >> 24U) | 1U;
    }
};

struct Reals {
    double start[lane_count];
    double c;

    explicit Reals(std::uint64_t seed) {
        SplitMix64 random(seed);
        const auto unit = [&] { return static_cast<double>(random() >> 11U) * 0x1p-53; };
        for (double& x : start) {
            x = unit() * 3 - 1.5;
        }
        c = -1.5 - unit() / 2;
    }
};

/// The state of one chain of integers.
struct IntegerChain {
    std::uint64_t x;

    [[gnu::always_inline]] void step(const Integers& by) {
        x = std::rotl(x * by.factor + by.addend, 23) ^ x;
        x ^= x / by.divisor + ((x % by.divisor) << 20U);
    }
    [[nodiscard]] std::uint64_t sum() const { return x; }
};

struct RealChain {
    double x;
    std::uint64_t seen = 0;

    [[gnu::always_inline]] void step(const Reals& by) {
        x = x * x + by.c;
        const double other = std::sqrt(x * x + 1) / (x + 3);
        seen =
            (seen ^ std::bit_cast<std::uint64_t>(x) ^ std::bit_cast<std::uint64_t>(other)) * spread;
    }
    [[nodiscard]] std::uint64_t sum() const { return seen; }
};

/// Takes the steps of both computations in turn, so that their values are in different registers.
template <class Chain, class Input>
Answer iterate(std::uint64_t seed) {
    Input first(seed);
    Input second(seed);
    hide(first);
    hide(second);
    Answer answer;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        Chain x{first.start[lane]};
        Chain y{second.start[lane]};
        for (unsigned step = 0; step < steps; ++step) {
            x.step(first);
            y.step(second);
        }
        answer.first[lane] = x.sum();
        answer.second[lane] = y.sum();
    }
    return answer;
}

/// The low word of a product, from products of 32-bit halves.
std::uint64_t product_of(std::uint64_t a, std::uint64_t b) {
    constexpr std::uint64_t low = 0xffffffffU;
    const std::uint64_t cross = (a >> 32U) * (b & low) + (a & low) * (b >> 32U);
    return (a & low) * (b & low) + (cross << 32U);
}

struct Division {
    std::uint64_t quotient = 0;
    std::uint64_t remainder = 0;
};

/// Bit by bit.
Division divide(std::uint64_t a, std::uint64_t by) {
    Division out;
    for (int bit = 63; bit >= 0; --bit) {
        out.remainder = (out.remainder << 1U) | ((a >> static_cast<unsigned>(bit)) & 1U);
        out.quotient <<= 1U;
        if (out.remainder >= by) {
            out.remainder -= by;
            out.quotient |= 1U;
        }
    }
    return out;
}

// --- compression ---

constexpr std::size_t block_bytes = 512;
constexpr std::size_t data_bytes = block_bytes * lane_count;

/// Text of few letters with many repetitions, which a compression can shorten.
std::vector<Bytef> compressible(std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<Bytef> out;
    out.reserve(data_bytes);
    while (out.size() < data_bytes) {
        const std::size_t count = std::min(1 + random.below(24), data_bytes - out.size());
        if (out.size() > 64 && random.below(2) == 0) {
            const std::size_t from = out.size() - 1 - random.below(64);
            for (std::size_t i = 0; i < count; ++i) {
                out.push_back(out[from + i]);
            }
        } else {
            for (std::size_t i = 0; i < count; ++i) {
                out.push_back(static_cast<Bytef>('a' + random.below(20)));
            }
        }
    }
    return out;
}

std::vector<Bytef> compressed(const std::vector<Bytef>& data) {
    uLongf size = compressBound(data_bytes);
    std::vector<Bytef> out(size);
    // A failure is a wrong answer, since the memory is large enough.
    const bool is_done = compress2(out.data(), &size, data.data(), data_bytes, 6) == Z_OK;
    out.resize(is_done ? size : 0);
    return out;
}

std::vector<Bytef> decompressed(const std::vector<Bytef>& data) {
    uLongf size = data_bytes;
    std::vector<Bytef> out(data_bytes);
    uncompress(out.data(), &size, data.data(), data.size());
    return out;
}

using Checksum = std::uint64_t (*)(std::span<const Bytef>);

std::uint64_t checksum(std::span<const Bytef> bytes) {
    return crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
}

/// The same as zlib's, bit by bit.
std::uint64_t plain_checksum(std::span<const Bytef> bytes) {
    constexpr std::uint32_t polynomial = 0xedb88320U;
    std::uint32_t crc = 0xffffffffU;
    for (const Bytef byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? polynomial : 0U);
        }
    }
    return ~crc;
}

/// A lane is a part of the data: the checksums of its content and of the same part of the
/// compressed bytes.
Lanes checksums(std::span<const Bytef> data, std::span<const Bytef> shorter, Checksum checksum_of) {
    Lanes lanes{};
    const std::size_t part = shorter.size() / lane_count;
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        const std::size_t begin = lane * part;
        const std::size_t end = lane + 1 == lane_count ? shorter.size() : begin + part;
        lanes[lane] = checksum_of(data.subspan(lane * block_bytes, block_bytes)) << 32U |
                      checksum_of(shorter.subspan(begin, end - begin));
    }
    return lanes;
}

Lanes compress_and_restore(const std::vector<Bytef>& data) {
    const std::vector<Bytef> shorter = compressed(data);
    return checksums(decompressed(shorter), shorter, checksum);
}

// --- copies ---

constexpr std::size_t copied_words = 4096;  // more than the first cache of most CPUs, with its copy

using Words = std::vector<std::uint64_t>;

Words random_words(std::uint64_t seed) {
    SplitMix64 random(seed);
    Words words(copied_words);
    std::ranges::generate(words, random);
    return words;
}

/// A lane is every lane_count-th word.
Lanes sums_of(const Words& words) {
    Lanes lanes{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::uint64_t& sum = lanes[i % lane_count];
        sum = (sum ^ words[i]) * spread;
    }
    return lanes;
}

/// Copies `words` elsewhere, forwards and then back by one word, so that places overlap.
Lanes copy_to_and_fro(const Words& words) {
    Words there(words.size() + 1);
    std::memcpy(there.data(), words.data(), words.size() * sizeof(std::uint64_t));
    std::memmove(there.data() + 1, there.data(), words.size() * sizeof(std::uint64_t));
    Words back(words.size());
    std::memcpy(back.data(), there.data() + 1, back.size() * sizeof(std::uint64_t));
    return sums_of(back);
}

/// Does `work` on two copies of `input`, one after the other.
template <class Input>
Answer twice(Input first, Lanes (*work)(const Input&)) {
    Input second = first;
    hide(first);
    hide(second);
    return {.first = work(first), .second = work(second)};
}

}  // namespace

Answer integer_chains(std::uint64_t seed) {
    return iterate<IntegerChain, Integers>(seed);
}

Answer real_chains(std::uint64_t seed) {
    return iterate<RealChain, Reals>(seed);
}

Answer compression(std::uint64_t seed) {
    return twice(compressible(seed), compress_and_restore);
}

Answer copies(std::uint64_t seed) {
    return twice(random_words(seed), copy_to_and_fro);
}

Lanes expected_integer_chains(std::uint64_t seed) {
    const Integers by(seed);
    Lanes lanes{};
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        std::uint64_t x = by.start[lane];
        for (unsigned step = 0; step < steps; ++step) {
            const std::uint64_t sum = product_of(x, by.factor) + by.addend;
            x ^= (sum << 23U) | (sum >> 41U);
            const Division division = divide(x, by.divisor);
            x ^= division.quotient + (division.remainder << 20U);
        }
        lanes[lane] = x;
    }
    return lanes;
}

Lanes expected_real_chains(std::uint64_t seed) {
    const Reals by(seed);
    Lanes lanes{};
    for (std::size_t lane = 0; lane < lane_count; ++lane) {
        RealChain chain{by.start[lane]};
        for (unsigned step = 0; step < steps; ++step) {
            chain.step(by);
        }
        lanes[lane] = chain.sum();
    }
    return lanes;
}

Lanes expected_compression(std::uint64_t seed) {
    const std::vector<Bytef> data = compressible(seed);
    return checksums(data, compressed(data), plain_checksum);
}

Lanes expected_copies(std::uint64_t seed) {
    return sums_of(random_words(seed));
}

}  // namespace trilby::cores
