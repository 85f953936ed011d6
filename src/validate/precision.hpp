// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Bounds on the rounding error of correct arithmetic, from Higham, "Accuracy and Stability of
/// Numerical Algorithms" (2nd edition, 2002), chapters 2 and 3. They hold for every order of
/// summation, with and without fused multiply-add, so that no correct device breaks them.

#pragma once

#include <cmath>

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

}  // namespace trilby::validate
