// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/exact_product.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <vector>

#include "backends/torch/checking/differences.hpp"
#include "base/random.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using validate::ComparedResult;

/// The multiplications on the host that may be spent on wrong rows: a few seconds.
constexpr std::int64_t most_examined_work = std::int64_t{1} << 32;

/// Integers modulo 2^64: both sides of the identity wrap around alike.
using Words = std::vector<std::uint64_t>;

Words random_words(std::uint64_t seed, std::int64_t count) {
    SplitMix64 random(seed);
    Words out(static_cast<std::size_t>(count));
    std::ranges::generate(out, random);
    return out;
}

/// The product of a matrix of `Integer` and a vector.
template <class Integer>
Words times(const Tensor& matrix, const Words& vector) {
    const auto* value = matrix.data_ptr<Integer>();
    Words out(static_cast<std::size_t>(matrix.size(0)));
    for (std::uint64_t& sum : out) {
        for (const std::uint64_t factor : vector) {
            sum += static_cast<std::uint64_t>(*value++) * factor;
        }
    }
    return out;
}

/// A result whose values should all be integers of a limited size.
struct FoundIntegers {
    FoundIntegers(const Tensor& found, std::int64_t largest, double tolerance)
        : value(found.to(torch::kFloat64).contiguous()),
          is_possible(value.sub(value.round())
                          .abs()
                          .le(tolerance)
                          .logical_and(value.round().abs().le(largest))),
          integer(torch::where(is_possible, value.round(), torch::zeros_like(value))
                      .to(torch::kInt64)) {}

    Tensor value;
    Tensor is_possible;
    Tensor integer;
};

std::vector<std::int64_t> wrong_rows(const FoundIntegers& found, const Tensor& a, const Tensor& b,
                                     std::uint64_t seed) {
    const Words x = random_words(seed, b.size(1));
    const Words expected = times<std::int32_t>(a, times<std::int32_t>(b, x));
    const Words product = times<std::int64_t>(found.integer, x);
    const Tensor is_possible = found.is_possible.all(1);
    std::vector<std::int64_t> rows;
    for (std::int64_t row = 0; row < a.size(0); ++row) {
        const auto at = static_cast<std::size_t>(row);
        if (product[at] != expected[at] || !is_possible.data_ptr<bool>()[row]) {
            rows.push_back(row);
        }
    }
    return rows;
}

/// One row of the product.
std::vector<std::int64_t> exact_row(const Tensor& a, const Tensor& b, std::int64_t row) {
    const auto left = a.accessor<std::int32_t, 2>()[row];
    const auto right = b.accessor<std::int32_t, 2>();
    std::vector<std::int64_t> sums(static_cast<std::size_t>(b.size(1)));
    for (std::int64_t k = 0; k < b.size(0); ++k) {
        for (std::int64_t column = 0; column < b.size(1); ++column) {
            sums[static_cast<std::size_t>(column)] += std::int64_t{left[k]} * right[k][column];
        }
    }
    return sums;
}

/// The found values, with the right ones in `rows`.
Tensor corrected(const Tensor& found, const Tensor& a, const Tensor& b,
                 const std::vector<std::int64_t>& rows) {
    Tensor out = found.clone();
    for (const std::int64_t row : rows) {
        const std::vector<std::int64_t> sums = exact_row(a, b, row);
        std::ranges::copy(sums, out[row].data_ptr<double>());
    }
    return out;
}

}  // namespace

ExactOperands exact_operands(const ExactRange& range, std::int64_t terms) {
    const std::int64_t spacing = (terms + range.largest_sum - 1) / range.largest_sum;
    const std::int64_t left = (terms + spacing - 1) / spacing;
    const auto largest = static_cast<std::int64_t>(
        std::sqrt(static_cast<double>(range.largest_sum) / static_cast<double>(left)));
    return {spacing, std::min(largest, range.largest_operand)};
}

ComparedResult compare_exact_product(const std::string& what, const Tensor& found, const Tensor& a,
                                     const Tensor& b, std::int64_t largest_sum, std::uint64_t seed,
                                     double tolerance) {
    const FoundIntegers integers(found, largest_sum, tolerance);
    std::vector<std::int64_t> rows = wrong_rows(integers, a, b, seed);
    if (rows.empty()) {
        return {.what = what, .values = static_cast<std::uint64_t>(found.numel())};
    }
    const std::int64_t examined = std::max<std::int64_t>(1, most_examined_work / b.numel());
    rows.resize(std::min(rows.size(), static_cast<std::size_t>(examined)));
    const Tensor expected = corrected(integers.value, a, b, rows);
    ComparedResult result =
        compare_within(what, found, expected, torch::full({}, tolerance, torch::kFloat64));
    if (result.wrong == 0) {
        throw std::runtime_error(what + ": the host computes one row in two different ways");
    }
    return result;
}

}  // namespace trilby::backends
