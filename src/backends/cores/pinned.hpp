// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Does the work on certain CPUs, and compares what they found.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/cores/places.hpp"
#include "validate/findings.hpp"

namespace trilby::cores {

/// All lanes of all kinds of work for all seeds, in the order [seed][work][lane].
using Words = std::vector<std::uint64_t>;

/// What one CPU found. Repetitions follow each other.
struct FoundWords {
    CpuPlace place;
    bool is_usable = false;  ///< the thread could be moved to this CPU; there are no words if not
    Words first;
    Words second;  ///< the same work, computed twice by the same thread
};

struct ExpectedWords {
    std::string origin;  ///< "plain code on CPU 3"
    Words words;
};

/// Does all work for all seeds, `repetitions` times on each CPU of the group at the same time, each
/// in a thread of its own.
[[nodiscard]] std::vector<FoundWords> compute_on(const Group& group,
                                                 std::span<const std::uint64_t> seeds,
                                                 unsigned repetitions);

/// What plain code finds on a CPU.
[[nodiscard]] ExpectedWords expect_on(const CpuPlace& place, std::span<const std::uint64_t> seeds);

/// Compares the two computations of a thread with each other, and the first with plain code.
[[nodiscard]] validate::ComparedResult compare(const FoundWords& found,
                                               const ExpectedWords& expected,
                                               std::string_view condition);

}  // namespace trilby::cores
