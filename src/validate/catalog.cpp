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

#define TRILBY_CHECK_ROW(function, check_name, ...) CheckInfo{.name = check_name, __VA_ARGS__},
constexpr std::array checks{
    CheckInfo{.name = "environment",
              .family = "environment",
              .summary = "checks the device's link, the libraries and the usable CPUs",
              .finds = "links with too few lanes, slow libraries, more threads than CPUs",
              .seconds = {0.001, 0.001, 0.001},
              .detects = {},
              .workers = 0},
#include "validate/checks.def"
};
#undef TRILBY_CHECK_ROW

}  // namespace

double CheckInfo::seconds_at(int level) const {
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
