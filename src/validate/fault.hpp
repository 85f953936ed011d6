// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Faults that are put into results on purpose, to measure which of them the checks notice. They
/// come between a computation and its comparison, where a broken device would put them.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/random.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

enum class FaultClass : std::uint8_t {
    bit_flip,         ///< one bit of one value, once
    multiple_bits,    ///< two to eight bits of one value, once
    strided,          ///< the same bit in every n-th value, once
    tile,             ///< a run of values is garbage, once
    stuck_bit,        ///< one bit of one address always reads the same
    dropped_write,    ///< a run of values keeps what was there before, once
    repeated_write,   ///< a run of values also lands behind itself, once
    wrong_rounding,   ///< results lose low bits of their mantissa, always
    not_a_number,     ///< one value is NaN or infinite, once
    stale_read,       ///< a result is the one before it, once
    rare,             ///< one bit of one value, in one of a hundred results
    warming_up,       ///< bits flip the more often the longer it runs
    slow_clock,       ///< everything takes twice as long after a while
    slow_memory,      ///< what waits for memory takes twice as long after a while
    narrow_link,      ///< transfers take four times as long after a while
    lying_telemetry,  ///< the device names a tenth of its clock; not the injector's
    hang,             ///< the device never answers
    crash,            ///< the process dies
    lost_device,      ///< the runtime says that the device is gone
};

/// What a computation mostly waits for.
enum class Work : std::uint8_t { computing, memory, transfer };

struct FaultInfo {
    FaultClass fault;
    std::string_view name;
    std::string_view meaning;
};

[[nodiscard]] std::span<const FaultInfo> known_faults();
[[nodiscard]] std::string_view fault_name(FaultClass fault);
[[nodiscard]] std::optional<FaultClass> fault_named(std::string_view name);

/// How the bytes of a result are to be read.
struct ElementLayout {
    std::size_t size_bytes = 4;
    int mantissa_bits = 23;  ///< without the hidden one; 0 for integers
};

/// Lives as long as a check, and sees every result of the device before it is compared.
class Injector {
  public:
    Injector(FaultClass fault, std::uint64_t seed);

    /// Changes `result` if the fault strikes now. `progress` is the part of the check's time that
    /// is over, from 0 to 1.
    void strike(std::span<std::byte> result, ElementLayout layout, double progress);

    /// How often a result was really changed, or delayed.
    [[nodiscard]] std::uint64_t strikes() const { return strikes_; }

    /// Whether results are changed by this fault, rather than when they come.
    [[nodiscard]] bool changes_values() const;

    /// How many times as long a computation takes at `progress`.
    [[nodiscard]] int slowdown(Work work, double progress);

    [[nodiscard]] FaultClass fault() const { return fault_; }
    /// Whether a fault that ends the process strikes now.
    [[nodiscard]] bool ends_now();

  private:
    bool strikes_now(double progress);
    void apply(std::span<std::byte> result, ElementLayout layout);
    void flip_bits(std::span<std::byte> result, ElementLayout layout, std::uint64_t count);
    void flip_strided(std::span<std::byte> result, ElementLayout layout);
    void garble_run(std::span<std::byte> result, ElementLayout layout);
    void hold_bit(std::span<std::byte> result) const;
    void drop_run(std::span<std::byte> result, ElementLayout layout);
    void repeat_run(std::span<std::byte> result, ElementLayout layout);
    void poison_one(std::span<std::byte> result, ElementLayout layout);
    void replace_with_last(std::span<std::byte> result);

    FaultClass fault_;
    SplitMix64 random_;
    std::uint64_t strikes_ = 0;
    std::uint64_t chances_until_strike_;
    std::uint64_t stuck_place_;
    std::vector<std::byte> last_;
};

}  // namespace trilby::validate
