// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/differences.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>
#include <utility>
#include <vector>

#include "backends/torch/checking/element_types.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;
using validate::ComparedResult;
using validate::Mismatch;

/// The coordinates of the value at `flat` in row-major order.
std::string coordinates(std::int64_t flat, torch::IntArrayRef sizes) {
    std::vector<std::int64_t> at(sizes.size());
    for (std::size_t dimension = sizes.size(); dimension-- > 0;) {
        at[dimension] = flat % sizes[dimension];
        flat /= sizes[dimension];
    }
    return fmt::format("[{}]", fmt::join(at, ", "));
}

std::string number(const Tensor& value) {
    return c10::isFloatingType(value.scalar_type())
               ? fmt::format("{:.17g}", value.to(torch::kFloat64).item<double>())
               : fmt::format("{}", value.to(torch::kInt64).item<std::int64_t>());
}

std::string bit_pattern(const Tensor& value) {
    const int digits = static_cast<int>(value.element_size()) * 2;
    const auto bits = static_cast<std::uint64_t>(value.contiguous()
                                                     .view(bits_of(value.scalar_type()))
                                                     .to(torch::kInt64)
                                                     .item<std::int64_t>());
    const std::string all = fmt::format("{:016x}", bits);
    return all.substr(all.size() - static_cast<std::size_t>(digits));
}

/// Counts the wrong values in each hundredth of a result, in the order of memory: runs, strides and
/// single values look different.
validate::Series error_map(const std::string& what, const Tensor& places, std::int64_t count) {
    constexpr std::int64_t parts = 100;
    const Tensor wrong_in = torch::bincount(places.mul(parts).floor_divide(count), {}, parts);
    validate::Series series{"error map of " + what, "position in percent", "values", {}};
    for (std::int64_t part = 0; part < parts; ++part) {
        series.points.emplace_back(part, wrong_in[part].item<double>());
    }
    return series;
}

Tensor flattened(const Tensor& tensor) {
    return tensor.contiguous().view(-1);
}

/// Both results as one row of values. `bound` is undefined if the bits are compared.
struct Operands {
    Operands(const Tensor& found_values, const Tensor& expected_values, Tensor bounds = {})
        : sizes(found_values.sizes()),
          found(flattened(found_values)),
          expected(flattened(expected_values)),
          bound(std::move(bounds)) {}

    torch::IntArrayRef sizes;
    Tensor found;
    Tensor expected;
    Tensor bound;
};

Mismatch mismatch_at(const std::string& where, const Operands& in, std::int64_t flat) {
    Mismatch mismatch{.where = fmt::format("{} {}", where, coordinates(flat, in.sizes)),
                      .expected = number(in.expected[flat]),
                      .found = number(in.found[flat]),
                      .expected_bits = {},
                      .found_bits = bit_pattern(in.found[flat])};
    if (in.bound.defined()) {
        const Tensor bound = flattened(in.bound.expand(in.sizes))[flat];
        mismatch.expected += fmt::format(" +- {:.3g}", bound.item<double>());
    } else {
        mismatch.expected_bits = bit_pattern(in.expected[flat]);
    }
    return mismatch;
}

std::string range_of(const Tensor& places) {
    return fmt::format("{} to {}", places.min().item<std::int64_t>(),
                       places.max().item<std::int64_t>());
}

/// `what`, with the smallest tile around the wrong values of a matrix, or of the matrices of a
/// batch.
std::string with_tile(const std::string& what, const Tensor& is_wrong, torch::IntArrayRef sizes) {
    if (sizes.size() < 2) {
        return what;
    }
    const std::int64_t rows = sizes[sizes.size() - 2];
    const Tensor matrix = is_wrong.view({-1, rows, sizes.back()}).any(0);
    return fmt::format("{}, wrong in rows {} and columns {}", what,
                       range_of(matrix.any(1).nonzero()), range_of(matrix.any(0).nonzero()));
}

std::uint64_t count_of(const Tensor& truth) {
    return static_cast<std::uint64_t>(truth.sum().item<std::int64_t>());
}

/// `is_wrong` has a truth value for each value.
ComparedResult describe(const std::string& what, const Operands& in, const Tensor& is_wrong) {
    const Tensor places = is_wrong.nonzero().view(-1);
    ComparedResult result{.what = what,
                          .values = static_cast<std::uint64_t>(is_wrong.numel()),
                          .wrong = static_cast<std::uint64_t>(places.numel())};
    if (result.wrong == 0) {
        return result;
    }
    result.error_map = error_map(what, places, is_wrong.numel());
    const std::string where = result.wrong == 1 ? what : with_tile(what, is_wrong, in.sizes);
    const std::size_t described = std::min<std::size_t>(result.wrong, validate::most_mismatches);
    for (std::size_t i = 0; i < described; ++i) {
        const auto flat = places[static_cast<std::int64_t>(i)].item<std::int64_t>();
        result.mismatches.push_back(mismatch_at(where, in, flat));
    }
    return result;
}

}  // namespace

ComparedResult compare_bits(const std::string& what, const Tensor& found, const Tensor& expected) {
    if (found.sizes() != expected.sizes() || found.scalar_type() != expected.scalar_type()) {
        throw std::logic_error(what + ": the results differ in size or type");
    }
    const auto bits = bits_of(found.scalar_type());
    const Operands in(found, expected);
    return describe(what, in, in.found.view(bits).ne(in.expected.view(bits)));
}

ComparedResult compare_within(const std::string& what, const Tensor& found, const Tensor& expected,
                              const Tensor& bound) {
    const Tensor value = found.to(torch::kFloat64);
    const Tensor is_correct = value.sub(expected).abs().le(bound).logical_or(
        value.eq(expected).logical_or(value.isnan().logical_and(expected.isnan())));
    const Tensor is_wrong = is_correct.logical_not();
    ComparedResult result = describe(what, Operands(found, expected, bound), flattened(is_wrong));
    result.values = count_of(bound.isfinite().logical_or(is_wrong));
    return result;
}

}  // namespace trilby::backends
