// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>

#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t word_bytes = 8;
constexpr std::int64_t chunk_words = std::int64_t{1} << 20;

/// A stretch of the device's memory, written and read in chunks.
class Region {
  public:
    explicit Region(CheckRun& run)
        : run_(run),
          words_(torch::empty(
              {std::max(chunk_words, static_cast<std::int64_t>(run.memory_bytes()) / word_bytes)},
              torch::TensorOptions(run.device()).dtype(torch::kInt64))) {}

    [[nodiscard]] std::uint64_t bytes() const { return words_.nbytes(); }

    template <class Visit>
    void for_each_chunk(const Visit& visit) const {
        for (std::int64_t first = 0; first < words_.numel(); first += chunk_words) {
            visit(first, words_.slice(0, first, std::min(first + chunk_words, words_.numel())));
        }
    }

    /// Backwards, so that a write that spills over is seen from the other side.
    template <class Visit>
    void for_each_chunk_backwards(const Visit& visit) const {
        const std::int64_t chunks = (words_.numel() + chunk_words - 1) / chunk_words;
        for (std::int64_t chunk = chunks - 1; chunk >= 0; --chunk) {
            const std::int64_t first = chunk * chunk_words;
            visit(first, words_.slice(0, first, std::min(first + chunk_words, words_.numel())));
        }
    }

    /// Writes pattern(first address, count) everywhere, then reads it all back.
    template <class Pattern>
    void write_and_read(const std::string& what, const Pattern& pattern) const {
        write(pattern);
        read(what, pattern);
    }

    template <class Pattern>
    void write(const Pattern& pattern) const {
        for_each_chunk(
            [&](std::int64_t first, Tensor chunk) { chunk.copy_(pattern(first, chunk.numel())); });
        disturb();
    }

    template <class Pattern>
    void read(const std::string& what, const Pattern& pattern) const {
        for_each_chunk([&](std::int64_t first, const Tensor& chunk) {
            run_.expect_same_there(place(what, first), chunk, pattern(first, chunk.numel()));
        });
    }

    void disturb() const {
        for_each_chunk([&](std::int64_t /*first*/, Tensor chunk) { run_.disturb(chunk); });
    }

    [[nodiscard]] static std::string place(const std::string& what, std::int64_t first) {
        return fmt::format("{}, from word {}", what, first);
    }

  private:
    CheckRun& run_;
    Tensor words_;
};

Tensor constant(CheckRun& run, std::uint64_t word, std::int64_t count) {
    return torch::full({1}, static_cast<std::int64_t>(word),
                       torch::TensorOptions(run.device()).dtype(torch::kInt64))
        .expand({count});
}

/// Every word holds its own address, mixed with a key so that no two rounds write the same.
Tensor addresses(CheckRun& run, std::int64_t key, std::int64_t first, std::int64_t count) {
    return torch::arange(first, first + count,
                         torch::TensorOptions(run.device()).dtype(torch::kInt64))
        .bitwise_xor_(key);
}

/// Numbers without a pattern that both writing and reading can make: a multiplicative hash.
Tensor scrambled(CheckRun& run, std::int64_t key, std::int64_t first, std::int64_t count) {
    constexpr auto odd = static_cast<std::int64_t>(0x9e3779b97f4a7c15U);
    Tensor words = addresses(run, key, first, count).mul_(odd);
    return words.bitwise_xor_(words.bitwise_right_shift(29)).mul_(odd);
}

void check_addresses(CheckRun& run, const Region& region) {
    const auto key = static_cast<std::int64_t>(run.bits());
    region.write_and_read("address in address", [&](std::int64_t first, std::int64_t count) {
        return addresses(run, key, first, count);
    });
}

void check_scrambled(CheckRun& run, const Region& region) {
    const auto key = static_cast<std::int64_t>(run.bits());
    region.write_and_read("random words", [&](std::int64_t first, std::int64_t count) {
        return scrambled(run, key, first, count);
    });
}

/// One bit set in every word, or all but one.
void check_walking_bits(CheckRun& run, const Region& region) {
    const std::uint64_t bit = std::uint64_t{1} << run.between(0, 63);
    for (const std::uint64_t word : {bit, ~bit}) {
        region.write_and_read("walking bits", [&](std::int64_t, std::int64_t count) {
            return constant(run, word, count);
        });
    }
}

/// Upwards each word is read and turned into its opposite, downwards back again.
void check_moving_inversions(CheckRun& run, const Region& region) {
    const std::uint64_t word = run.bits();
    const auto pattern = [&](std::int64_t, std::int64_t count) {
        return constant(run, word, count);
    };
    const auto opposite = [&](std::int64_t, std::int64_t count) {
        return constant(run, ~word, count);
    };
    const std::string what = "moving inversions";
    const auto turn = [&](const auto& before, const auto& after) {
        return [&](std::int64_t first, Tensor chunk) {
            run.expect_same_there(Region::place(what, first), chunk, before(first, chunk.numel()));
            chunk.copy_(after(first, chunk.numel()));
        };
    };
    region.write(pattern);
    region.for_each_chunk(turn(pattern, opposite));
    region.disturb();
    region.for_each_chunk_backwards(turn(opposite, pattern));
    region.read(what, pattern);
}

using PatternCheck = void (*)(CheckRun&, const Region&);
constexpr std::array<PatternCheck, 4> patterns{check_addresses, check_scrambled, check_walking_bits,
                                               check_moving_inversions};

void hold_pattern(CheckRun& run, const Region& region, double until_part) {
    const auto key = static_cast<std::int64_t>(run.bits());
    const auto pattern = [&](std::int64_t first, std::int64_t count) {
        return scrambled(run, key, first, count);
    };
    region.write(pattern);
    run.rest_until(until_part);
    region.read("words after a rest", pattern);
}

void measure_size(CheckRun& run, const Region& region) {
    run.measure({.name = "memory checked",
                 .unit = "GiB",
                 .value = static_cast<double>(region.bytes()) / (1 << 30),
                 .least = {},
                 .basis = "a share of what was free"});
}

}  // namespace

void check_memory(CheckRun& run) {
    const Region region(run);
    while (run.next_round(patterns.size())) {
        patterns.at(run.round() % patterns.size())(run, region);
    }
    measure_size(run, region);
}

void check_retention(CheckRun& run) {
    const Region region(run);
    while (run.next_round()) {
        hold_pattern(run, region, 0.95);
    }
    measure_size(run, region);
}

void hold_memory(CheckRun& run) {
    constexpr double part = 0.1;  // of the time, in which others may spoil it
    hold_pattern(run, Region(run), run.progress() + part);
}

}  // namespace trilby::backends
