// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/catalog.hpp"

#include <algorithm>
#include <cstddef>

namespace trilby::validate {
namespace {

using enum FaultClass;
using namespace quantities;

/// The faults that every check detects: those that do not repeat, and the end of the process.
constexpr FaultSet transient = FaultSet(bit_flip) | multiple_bits | strided | tile | dropped_write |
                               repeated_write | not_a_number | stale_read | rare | warming_up |
                               hang | crash | lost_device;

/// The faults that repeat for the same values. Only an exact comparison with the host detects both.
constexpr FaultSet lasting = FaultSet(one_lane) | data_dependent;

/// The time of a check that judges facts.
constexpr double moment = 0.001;

#define TRILBY_CHECK_ROW(function, check_name, ...) CheckInfo{.name = check_name, __VA_ARGS__},
constexpr std::array checks{
    CheckInfo{.name = state_checks::known_answer,
              .family = "state",
              .summary = "starts LibTorch on the device, and computes a product that is known",
              .finds = "a device, driver or library that does not start, or computes nonsense",
              .seconds = {},
              .detects = {},
              .workers = 0,
              .seconds_at_rest = moment},
    CheckInfo{.name = state_checks::health,
              .family = "state",
              .summary = "judges counters, temperatures, links and findings of the doctor, at rest",
              .finds = "errors of memory since the start, memory that waits to be retired, narrow "
                       "links, heat, devices that cannot be used",
              .seconds = {},
              .detects = {},
              .workers = 0,
              .seconds_at_rest = moment},
    CheckInfo{.name = state_checks::environment,
              .family = "environment",
              .summary = "checks the device's link, the libraries and the usable CPUs",
              .finds = "links with too few lanes, slow libraries, more threads than CPUs",
              .seconds = {moment, moment, moment},
              .detects = {},
              .workers = 0},
#include "validate/checks.def"
    CheckInfo{
        .name = state_checks::inventory,
        .family = "state",
        .summary = "compares cards, firmware, drivers, links and memory with a file (--expect)",
        .finds = "missing and additional cards, other firmware, narrow links, less memory",
        .seconds = {moment, moment, moment},
        .detects = {},
        .workers = 0,
        .seconds_at_rest = moment},
};
#undef TRILBY_CHECK_ROW

}  // namespace

double CheckInfo::seconds_at(int level) const {
    if (level == lowest_level) {
        return seconds_at_rest;
    }
    return seconds.at(static_cast<std::size_t>(std::min(level, highest_timed_level) - 1));
}

std::span<const CheckInfo> known_checks() {
    return checks;
}

const CheckInfo* find_check(std::string_view name) {
    const auto* const found = std::ranges::find(checks, name, &CheckInfo::name);
    return found == checks.end() ? nullptr : found;
}

}  // namespace trilby::validate
