// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/fault.hpp"

#include <algorithm>
#include <array>

namespace trilby::validate {
namespace {

using enum FaultClass;
using enum FaultKind;

constexpr std::array<FaultInfo, 26> faults{{
    {bit_flip, "bit-flip", changes_values, "one bit of one value, once"},
    {multiple_bits, "multiple-bits", changes_values, "two to eight bits of one value, once"},
    {strided, "strided", changes_values, "the same bit in every n-th value, once"},
    {tile, "tile", changes_values, "a run of values is garbage, once"},
    {stuck_bit, "stuck-bit", changes_values, "one bit of one address always reads the same"},
    {dropped_write, "dropped-write", changes_values,
     "a run of values keeps what was there before, once"},
    {repeated_write, "repeated-write", changes_values,
     "a run of values is also written directly behind itself, once"},
    {wrong_rounding, "wrong-rounding", changes_values,
     "results lose low bits of their mantissa, always"},
    {not_a_number, "not-a-number", changes_values, "one value is NaN or infinite, once"},
    {stale_read, "stale-read", changes_values, "a result is replaced by the one before it, once"},
    {rare, "rare", changes_values, "one bit of one value, in one of a hundred results"},
    {warming_up, "warming-up", changes_values, "bits flip, more often the longer the check runs"},
    {power_step, "power-step", changes_values,
     "one bit of one value, in the first result after each idle phase"},
    {one_shape, "one-shape", changes_values,
     "a tile of every matrix of one size and type is garbage, always the same"},
    {rare_tile, "rare-tile", changes_values, "a tile is garbage, in one of fifty matrices"},
    {tiny_error, "tiny-error", changes_values,
     "one value of every float64 result is off by less than 1e-8 of it, always the same"},
    {one_lane, "one-lane", changes_values,
     "one bit of every n-th value with an even number of ones is wrong, always the same"},
    {one_core, "one-core", changes_values, "one bit of every fourth result of one CPU is wrong"},
    {data_dependent, "data-dependent", changes_values,
     "one bit of each value with a certain bit pattern, one in 64, is wrong, always the same"},
    {slow_clock, "slow-clock", slows, "everything takes twice as long after a while"},
    {slow_memory, "slow-memory", slows,
     "work that waits for memory takes twice as long after a while"},
    {narrow_link, "narrow-link", slows, "transfers take four times as long after a while"},
    {lying_telemetry, "lying-telemetry", telemetry, "the device reports a tenth of its real clock"},
    {hang, "hang", ends_process, "the device never answers"},
    {crash, "crash", ends_process, "the process dies"},
    {lost_device, "lost-device", ends_process, "the runtime reports that the device is gone"},
}};

constexpr bool is_in_order() {
    for (std::size_t i = 0; i < faults.size(); ++i) {
        if (faults.at(i).fault != static_cast<FaultClass>(i)) {
            return false;
        }
    }
    return faults.back().fault == lost_device;
}
static_assert(is_in_order(), "info_of() finds a fault by its number");

}  // namespace

std::span<const FaultInfo> known_faults() {
    return faults;
}

const FaultInfo& info_of(FaultClass fault) {
    return faults.at(static_cast<std::size_t>(fault));
}

std::string_view fault_name(FaultClass fault) {
    return info_of(fault).name;
}

Verdict verdict_of_detection(FaultClass fault) {
    switch (fault) {
        case hang:
            return Verdict::time_out;
        case crash:
            return Verdict::crash;
        case lost_device:
            return Verdict::error;
        default:
            return Verdict::fail;
    }
}

std::optional<FaultClass> fault_named(std::string_view name) {
    const auto* const found = std::ranges::find(faults, name, &FaultInfo::name);
    return found == faults.end() ? std::nullopt : std::optional(found->fault);
}

}  // namespace trilby::validate
