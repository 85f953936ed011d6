// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The faults that a self-test injects into a check, to measure which of them the checks detect.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "validate/verdict.hpp"

namespace trilby::validate {

/// known_faults() says what each one does.
enum class FaultClass : std::uint8_t {
    bit_flip,
    multiple_bits,
    strided,
    tile,
    stuck_bit,
    dropped_write,
    repeated_write,
    wrong_rounding,
    not_a_number,
    stale_read,
    rare,
    warming_up,
    power_step,
    one_shape,
    rare_tile,
    tiny_error,
    one_lane,
    one_core,
    data_dependent,
    slow_clock,
    slow_memory,
    narrow_link,
    lying_telemetry,
    hang,
    crash,
    lost_device,
};

/// Where a fault strikes.
enum class FaultKind : std::uint8_t {
    changes_values,  ///< in the results of the device
    slows,           ///< in the time that they take
    ends_process,
    telemetry,  ///< in what the device reports about itself, which the worker never sees
};

struct FaultInfo {
    FaultClass fault;
    std::string_view name;
    FaultKind kind;
    std::string_view meaning;
};

/// In the order of FaultClass.
[[nodiscard]] std::span<const FaultInfo> known_faults();
[[nodiscard]] const FaultInfo& info_of(FaultClass fault);
[[nodiscard]] std::string_view fault_name(FaultClass fault);
/// How a check ends that detects the fault. Every other end has another cause.
[[nodiscard]] Verdict verdict_of_detection(FaultClass fault);
[[nodiscard]] std::optional<FaultClass> fault_named(std::string_view name);

class FaultSet {
  public:
    constexpr FaultSet() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a fault is the set of itself
    constexpr FaultSet(FaultClass fault) : bits_(1U << static_cast<unsigned>(fault)) {}

    [[nodiscard]] constexpr bool contains(FaultClass fault) const {
        return (bits_ & FaultSet(fault).bits_) != 0;
    }
    friend constexpr FaultSet operator|(FaultSet a, FaultSet b) {
        a.bits_ |= b.bits_;
        return a;
    }

  private:
    std::uint32_t bits_ = 0;
};

}  // namespace trilby::validate
