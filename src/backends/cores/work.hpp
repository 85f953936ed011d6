// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Work with known answers for one CPU. Every CPU must find the same bits, whatever its vector
/// units: each rounding is one that IEEE 754 requires, and the order of all operations is fixed.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace trilby::cores {

/// A lane of a vector unit, or a chain of scalar operations, has its own value in each answer.
inline constexpr std::size_t lane_count = 16;
using Lanes = std::array<std::uint64_t, lane_count>;

/// The same work computed twice by one thread. A core that fails now and then rarely fails alike in
/// both, and one that fails for certain registers differs as well.
struct Answer {
    Lanes first{};
    Lanes second{};
};

struct Work {
    std::string_view name;
    /// `seed` gives the input.
    Answer (*compute)(std::uint64_t seed);
    /// The same answer, found in plain code, and with other instructions where that is cheap.
    Lanes (*expect)(std::uint64_t seed);
};

[[nodiscard]] std::span<const Work> known_work();

/// The width of the vectors that the work uses: the widest that this CPU has.
[[nodiscard]] int vector_bits();

}  // namespace trilby::cores
