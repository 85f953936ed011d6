// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Bounds on the rounding error of correct arithmetic. They hold for every order of summation, with
/// and without fused multiply-add, so that no correct device breaks them. Those without another
/// source are from Higham, "Accuracy and Stability of Numerical Algorithms" (2nd edition, 2002),
/// chapters 2 and 3.

#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace trilby::validate {

/// Half of the distance from 1 to the next number, for a mantissa without its hidden bit: the
/// largest relative error of one rounding to nearest.
[[nodiscard]] constexpr double unit_roundoff(int mantissa_bits) {
    double u = 0.5;
    for (int bit = 0; bit < mantissa_bits; ++bit) {
        u /= 2;
    }
    return u;
}

/// The largest relative error of a sum of `terms` products, taken in any order: Higham's gamma_n.
/// Infinite where rounding may destroy all digits.
[[nodiscard]] constexpr double sum_error(double terms, double roundoff) {
    const double share = terms * roundoff;
    return share < 1 ? share / (1 - share) : HUGE_VAL;
}

/// How the sums of a unit are rounded.
enum class Rounding : std::uint8_t { to_nearest, any };

/// The largest absolute error of a sum of `terms` products x y, where the x were drawn from -1 to
/// 1, evenly and independently, and the y have the Euclidean norm `norm`. It holds for every fixed
/// order of summation, except with a probability of less than 8 `terms` exp(-50), because:
/// - No partial sum is larger than `deviations` standard deviations (Hoeffding, 1963).
/// - Each term is rounded at most twice to nearest, or once by twice as much. Errors to nearest are
///   as often positive as negative (Higham and Mary, 2019); others may all have the same sign.
[[nodiscard]] inline double random_sum_error(double terms, double roundoff, double norm,
                                             Rounding rounding) {
    constexpr double deviations = 10;
    const double largest_partial_sum = deviations * norm / std::sqrt(3.0);
    const double roundings = 2 * terms;
    const double in_one_direction = rounding == Rounding::any
                                        ? roundings
                                        : std::min(roundings, deviations * std::sqrt(roundings));
    return in_one_direction * roundoff * largest_partial_sum;
}

}  // namespace trilby::validate
