// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Puts a fault between a computation and its comparison, where a broken device would put it.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "validate/fault.hpp"

namespace trilby::validate {

/// What a computation mostly waits for.
enum class Work : std::uint8_t { computing, memory, transfer };

/// How the bytes of a result are to be read.
struct ElementLayout {
    std::size_t size_bytes = 4;
    int mantissa_bits = 23;   ///< without the hidden one; 0 for integers
    std::size_t columns = 0;  ///< 0 if the result is not a matrix
    /// The CPU that computed it, where a check computes on certain CPUs.
    std::optional<std::uint32_t> cpu = {};
};

struct MatrixSize {
    std::size_t bytes;
    std::size_t columns;
    std::size_t value_bytes;

    auto operator<=>(const MatrixSize&) const = default;
};

/// Lives as long as a check, and sees every result of the device before it is compared.
class Injector {
  public:
    Injector(FaultClass fault, std::uint64_t seed);

    /// Changes `result` if the fault strikes now. `progress` is the part of the check's time that
    /// is over, from 0 to 1.
    void strike(std::span<std::byte> result, ElementLayout layout, double progress);

    /// The device was idle, so that the next result is computed after a step of its load.
    void rested() { is_after_rest_ = true; }

    /// The number of results that were changed or delayed.
    [[nodiscard]] std::uint64_t strikes() const { return strikes_; }

    [[nodiscard]] bool changes_values() const { return kind_ == FaultKind::changes_values; }

    /// How many times as long a computation takes at `progress`.
    [[nodiscard]] int slowdown(Work work, double progress);

    [[nodiscard]] FaultClass fault() const { return fault_; }
    /// Whether a fault that ends the process strikes now.
    [[nodiscard]] bool ends_now();

  private:
    bool strikes_now(std::span<const std::byte> result, ElementLayout layout, double progress);
    bool strikes_size(std::span<const std::byte> result, ElementLayout layout);
    bool strikes_cpu(const ElementLayout& layout);
    /// Counts down to the only strike.
    bool is_time();
    void apply(std::span<std::byte> result, ElementLayout layout);
    void flip_bits(std::span<std::byte> result, ElementLayout layout, std::uint64_t count);
    void flip_strided(std::span<std::byte> result, ElementLayout layout);
    void garble_run(std::span<std::byte> result, ElementLayout layout);
    void hold_bit(std::span<std::byte> result) const;
    void drop_run(std::span<std::byte> result, ElementLayout layout);
    void repeat_run(std::span<std::byte> result, ElementLayout layout);
    void flip_low_bit(std::span<std::byte> result, ElementLayout layout) const;
    void flip_lane(std::span<std::byte> result, ElementLayout layout) const;
    void flip_pattern(std::span<std::byte> result, ElementLayout layout) const;
    /// The same bit of each value for which `is_struck`, with its place and its bits, is true.
    void flip_values(std::span<std::byte> result, ElementLayout layout,
                     const auto& is_struck) const;
    void poison_one(std::span<std::byte> result, ElementLayout layout);
    void replace_with_last(std::span<std::byte> result);

    FaultClass fault_;
    FaultKind kind_;
    SplitMix64 random_;
    std::uint64_t strikes_ = 0;
    bool is_after_rest_ = false;
    std::uint64_t chances_until_strike_;
    std::uint64_t stuck_place_;
    std::set<MatrixSize> seen_;
    std::optional<MatrixSize> struck_size_;
    std::optional<std::uint32_t> struck_cpu_;
    std::vector<std::byte> last_;
};

}  // namespace trilby::validate
