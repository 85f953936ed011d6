// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/injector.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace trilby::validate {
namespace {

constexpr std::uint64_t one_in_rare = 100;
constexpr std::uint64_t one_in_rare_tiles = 50;
constexpr std::uint64_t one_in_results_of_cpu = 4;
constexpr std::byte unwritten{0xa5};  // the content of memory that was never written

void flip_bit(std::span<std::byte> result, std::uint64_t bit) {
    result[bit / 8] ^= std::byte(1U << (bit % 8));
}

/// Little-endian, like every machine that Trilby runs on.
std::uint64_t load(std::span<const std::byte> value) {
    std::uint64_t out = 0;
    std::memcpy(&out, value.data(), value.size());
    return out;
}

void store(std::span<std::byte> value, std::uint64_t bits) {
    std::memcpy(value.data(), &bits, value.size());
}

/// Keeps less than half of the mantissa, as a unit of the next smaller type would.
void truncate_all(std::span<std::byte> result, ElementLayout layout) {
    const int lost = layout.mantissa_bits - layout.mantissa_bits * 2 / 5;
    const std::uint64_t kept = ~((std::uint64_t{1} << lost) - 1);
    for (std::size_t at = 0; at + layout.size_bytes <= result.size(); at += layout.size_bytes) {
        const auto value = result.subspan(at, layout.size_bytes);
        store(value, load(value) & kept);
    }
}

struct Run {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// 1 to `most` values somewhere among `values`.
Run random_run(SplitMix64& random, std::size_t values, std::size_t most) {
    const std::size_t count = 1 + random.below(std::min(values, most));
    return {random.below(values - count + 1), count};
}

/// Changes every byte.
void garble(std::span<std::byte> bytes, SplitMix64& random) {
    for (std::byte& byte : bytes) {
        byte ^= std::byte(1 + random.below(255));
    }
}

/// `random` chooses a rectangle of at most 64 rows and 16 columns, and what it holds.
void garble_tile(std::span<std::byte> result, ElementLayout layout, SplitMix64 random) {
    const std::size_t row_bytes = layout.columns * layout.size_bytes;
    const Run rows = random_run(random, result.size() / row_bytes, 64);
    const Run columns = random_run(random, layout.columns, 16);
    for (std::size_t row = rows.first; row < rows.first + rows.count; ++row) {
        garble(result.subspan(row * row_bytes + columns.first * layout.size_bytes,
                              columns.count * layout.size_bytes),
               random);
    }
}

int slowdown_by(FaultClass fault, Work work) {
    if (fault == FaultClass::slow_clock ||
        (fault == FaultClass::slow_memory && work == Work::memory)) {
        return 2;
    }
    return fault == FaultClass::narrow_link && work == Work::transfer ? 4 : 1;
}

}  // namespace

Injector::Injector(FaultClass fault, std::uint64_t seed)
    : fault_(fault),
      kind_(info_of(fault).kind),
      random_(seed),
      chances_until_strike_(random_.below(8)),
      stuck_place_(random_()) {}

void Injector::strike(std::span<std::byte> result, ElementLayout layout, double progress) {
    if (!changes_values() || result.size() < layout.size_bytes) {
        return;
    }
    const std::vector<std::byte> correct(result.begin(), result.end());
    if (strikes_now(result, layout, progress)) {
        apply(result, layout);
        strikes_ += std::ranges::equal(result, correct) ? 0 : 1;
    }
    last_ = correct;
}

bool Injector::strikes_now(std::span<const std::byte> result, ElementLayout layout,
                           double progress) {
    constexpr int double_mantissa_bits = 52;
    switch (fault_) {
        case FaultClass::stuck_bit:
        case FaultClass::wrong_rounding:
        case FaultClass::one_lane:
        case FaultClass::data_dependent:
            return true;
        case FaultClass::rare:
            return random_.below(one_in_rare) == 0;
        case FaultClass::warming_up:
            return static_cast<double>(random_.below(1000)) < 200 * progress * progress;
        case FaultClass::power_step:
            return std::exchange(is_after_rest_, false);
        case FaultClass::one_shape:
            return layout.columns > 0 && strikes_size(result, layout);
        case FaultClass::rare_tile:
            return layout.columns > 0 && random_.below(one_in_rare_tiles) == 0;
        case FaultClass::one_core:
            return strikes_cpu(layout) && random_.below(one_in_results_of_cpu) == 0;
        case FaultClass::tiny_error:
            return layout.mantissa_bits == double_mantissa_bits;
        default:
            break;
    }
    return strikes_ == 0 && is_time();
}

/// Chooses a size when it is seen for the first time, so that no result of it is ever correct.
bool Injector::strikes_size(std::span<const std::byte> result, ElementLayout layout) {
    const MatrixSize size{result.size(), layout.columns, layout.size_bytes};
    if (!struck_size_ && seen_.insert(size).second && is_time()) {
        struck_size_ = size;
    }
    return struck_size_ == size;
}

/// Chooses a CPU among the first that compute.
bool Injector::strikes_cpu(const ElementLayout& layout) {
    if (!struck_cpu_ && layout.cpu && is_time()) {
        struck_cpu_ = layout.cpu;
    }
    return struck_cpu_ && struck_cpu_ == layout.cpu;
}

bool Injector::is_time() {
    if (chances_until_strike_ > 0) {
        --chances_until_strike_;
        return false;
    }
    return true;
}

void Injector::apply(std::span<std::byte> result, ElementLayout layout) {
    switch (fault_) {
        case FaultClass::bit_flip:
        case FaultClass::rare:
        case FaultClass::warming_up:
        case FaultClass::one_core:
        case FaultClass::power_step:
            return flip_bits(result, layout, 1);
        case FaultClass::multiple_bits:
            return flip_bits(result, layout, 2 + random_.below(7));
        case FaultClass::strided:
            return flip_strided(result, layout);
        case FaultClass::tile:
            return garble_run(result, layout);
        case FaultClass::stuck_bit:
            return hold_bit(result);
        case FaultClass::dropped_write:
            return drop_run(result, layout);
        case FaultClass::repeated_write:
            return repeat_run(result, layout);
        case FaultClass::wrong_rounding:
            return truncate_all(result, layout);
        case FaultClass::one_shape:
            return garble_tile(result, layout, SplitMix64(stuck_place_));
        case FaultClass::rare_tile:
            return garble_tile(result, layout, SplitMix64(random_()));
        case FaultClass::tiny_error:
            return flip_low_bit(result, layout);
        case FaultClass::one_lane:
            return flip_lane(result, layout);
        case FaultClass::data_dependent:
            return flip_pattern(result, layout);
        case FaultClass::not_a_number:
            return poison_one(result, layout);
        case FaultClass::stale_read:
            return replace_with_last(result);
        default:  // the others do not change values
            return;
    }
}

void Injector::flip_bits(std::span<std::byte> result, ElementLayout layout, std::uint64_t count) {
    const std::uint64_t bits = layout.size_bytes * 8;
    const std::uint64_t value = random_.below(result.size() / layout.size_bytes);
    const std::uint64_t first = random_.below(bits);
    // Different bits, so that none is flipped back.
    for (std::uint64_t i = 0; i < std::min(count, bits); ++i) {
        flip_bit(result, value * bits + (first + i * 3) % bits);
    }
}

void Injector::flip_strided(std::span<std::byte> result, ElementLayout layout) {
    const std::uint64_t bits = layout.size_bytes * 8;
    const std::uint64_t stride = std::uint64_t{8} << random_.below(4);
    const std::uint64_t bit = random_.below(bits);
    const std::uint64_t values = result.size() / layout.size_bytes;
    for (std::uint64_t value = random_.below(std::min(stride, values)); value < values;
         value += stride) {
        flip_bit(result, value * bits + bit);
    }
}

void Injector::garble_run(std::span<std::byte> result, ElementLayout layout) {
    const Run run = random_run(random_, result.size() / layout.size_bytes, 256);
    garble(result.subspan(run.first * layout.size_bytes, run.count * layout.size_bytes), random_);
}

void Injector::hold_bit(std::span<std::byte> result) const {
    const std::uint64_t place = stuck_place_ % (std::uint64_t{result.size()} * 8);
    const std::byte bit{static_cast<unsigned char>(1U << (place % 8))};
    const bool reads_one = (stuck_place_ >> 63) != 0;
    std::byte& byte = result[place / 8];
    byte = reads_one ? byte | bit : byte & ~bit;
}

void Injector::drop_run(std::span<std::byte> result, ElementLayout layout) {
    const Run run = random_run(random_, result.size() / layout.size_bytes, 64);
    std::ranges::fill(result.subspan(run.first * layout.size_bytes, run.count * layout.size_bytes),
                      unwritten);
}

void Injector::repeat_run(std::span<std::byte> result, ElementLayout layout) {
    const std::size_t half = result.size() / layout.size_bytes / 2;
    if (half == 0) {
        return;  // there is nothing behind a single value
    }
    const Run run = random_run(random_, half, 64);
    const std::size_t bytes = run.count * layout.size_bytes;
    const auto from = result.subspan(run.first * layout.size_bytes, bytes);
    std::ranges::copy(from, from.data() + bytes);
}

/// One bit, always the same, which is worth at most 2^-27 of the value.
void Injector::flip_low_bit(std::span<std::byte> result, ElementLayout layout) const {
    const auto low_bits = static_cast<std::uint64_t>(layout.mantissa_bits - 26);
    const std::uint64_t value = stuck_place_ % (result.size() / layout.size_bytes);
    flip_bit(result, value * layout.size_bytes * 8 + (stuck_place_ >> 32) % low_bits);
}

void Injector::flip_values(std::span<std::byte> result, ElementLayout layout,
                           const auto& is_struck) const {
    const std::uint64_t bits = layout.size_bytes * 8;
    const std::uint64_t bit = (stuck_place_ >> 32) % bits;
    for (std::uint64_t value = 0; value < result.size() / layout.size_bytes; ++value) {
        if (is_struck(value, load(result.subspan(value * layout.size_bytes, layout.size_bytes)))) {
            flip_bit(result, value * bits + bit);
        }
    }
}

/// A vector unit has 4, 8, 16 or 32 lanes, and the faulty one errs for about half of all values.
void Injector::flip_lane(std::span<std::byte> result, ElementLayout layout) const {
    const std::uint64_t lanes = std::uint64_t{4} << (stuck_place_ % 4);
    const std::uint64_t lane = (stuck_place_ >> 8) % lanes;
    flip_values(result, layout, [&](std::uint64_t value, std::uint64_t bits) {
        return value % lanes == lane && std::popcount(bits) % 2 == 0;
    });
}

/// A pattern is six bits of a hash, since values of one size of number share many of their bits.
void Injector::flip_pattern(std::span<std::byte> result, ElementLayout layout) const {
    constexpr std::uint64_t spread = 0x9e3779b97f4a7c15U;
    flip_values(result, layout, [&](std::uint64_t, std::uint64_t bits) {
        return bits * spread >> 58 == stuck_place_ % 64;
    });
}

void Injector::poison_one(std::span<std::byte> result, ElementLayout layout) {
    const std::size_t value = random_.below(result.size() / layout.size_bytes);
    const auto bytes = result.subspan(value * layout.size_bytes, layout.size_bytes);
    if (layout.mantissa_bits == 0) {  // integers have no such value: all ones comes nearest
        std::ranges::fill(bytes, std::byte{0xff});
        return;
    }
    const int exponent_bits = static_cast<int>(layout.size_bytes) * 8 - 1 - layout.mantissa_bits;
    const std::uint64_t infinity = ((std::uint64_t{1} << exponent_bits) - 1)
                                   << layout.mantissa_bits;
    store(bytes, infinity | (random_.below(2) << (layout.mantissa_bits - 1)));
}

void Injector::replace_with_last(std::span<std::byte> result) {
    const std::size_t bytes = std::min(last_.size(), result.size());
    std::copy_n(last_.begin(), bytes, result.begin());
}

int Injector::slowdown(Work work, double progress) {
    constexpr double begins_at = 0.4;
    const int times = slowdown_by(fault_, work);
    if (times == 1 || progress < begins_at) {
        return 1;
    }
    ++strikes_;
    return times;
}

bool Injector::ends_now() {
    const bool ends = kind_ == FaultKind::ends_process && is_time();
    strikes_ += ends ? 1 : 0;
    return ends;
}

}  // namespace trilby::validate
