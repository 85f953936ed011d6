// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>
#include <numeric>

#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// A reduction of each row of a matrix to one value, and its definition for one row.
struct Reduction {
    const char* name;
    Tensor (*on_device)(const Tensor&);
    Wide (*of_row)(const Wide*, std::int64_t);
    bool adds;     ///< and so its error grows with the sum of magnitudes; else it is exact
    bool divides;  ///< the sum by the width
};

constexpr std::array reductions{
    Reduction{"sum", [](const Tensor& x) { return x.sum(1); },
              [](const Wide* row, std::int64_t width) {
                  return std::accumulate(row, row + width, Wide{0});
              },
              true, false},
    Reduction{"mean", [](const Tensor& x) { return x.mean(1); },
              [](const Wide* row, std::int64_t width) {
                  return std::accumulate(row, row + width, Wide{0}) / width;
              },
              true, true},
    Reduction{
        "largest", [](const Tensor& x) { return x.amax(1); },
        [](const Wide* row, std::int64_t width) { return *std::max_element(row, row + width); },
        false, false},
    Reduction{
        "smallest", [](const Tensor& x) { return x.amin(1); },
        [](const Wide* row, std::int64_t width) { return *std::min_element(row, row + width); },
        false, false},
    Reduction{"place of the largest", [](const Tensor& x) { return x.argmax(1); },
              [](const Wide* row, std::int64_t width) {
                  return static_cast<Wide>(std::max_element(row, row + width) - row);
              },
              false, false}};

Tensor rows_reduced(const Tensor& host, Wide (*of_row)(const Wide*, std::int64_t)) {
    const std::int64_t width = host.size(1);
    const auto x = values_of(host);
    std::vector<Wide> out;
    for (std::size_t first = 0; first < x.size(); first += static_cast<std::size_t>(width)) {
        out.push_back(of_row(&x[first], width));
    }
    return tensor_of(out, {host.size(0)});
}

Wide sum_of_magnitudes(const Wide* row, std::int64_t width) {
    return std::accumulate(row, row + width, Wide{0},
                           [](Wide sum, Wide x) { return sum + std::abs(x); });
}

/// Rows to add up. Devices may add in 16 bits, where the bound for sums of random numbers would
/// accept nearly any result. So these are integers whose sums are exact in every order.
struct Summands {
    Tensor rows;
    bool are_exact;

    Summands(CheckRun& run, const Tensor& x)
        : rows(x), are_exact(c10::elementSize(x.scalar_type()) == 2) {
        if (are_exact) {
            rows = run.integers({x.size(0), std::min(x.size(1), widest_exact)}, x.scalar_type(), -1,
                                1);
        }
    }

    /// The largest error of a sum that is rounded `roundings` times more, relative to the sum of
    /// magnitudes.
    [[nodiscard]] double error(int roundings = 0) const {
        const double additions = are_exact ? 0 : static_cast<double>(rows.size(1));
        return validate::sum_error(additions + roundings, roundoff_of(rows.scalar_type()));
    }

  private:
    static constexpr std::int64_t widest_exact = 256;  // the integers of bfloat16
};

Tensor bound_of(const Reduction& reduction, const Summands& summands) {
    if (!reduction.adds) {
        return torch::zeros({}, torch::kFloat64);
    }
    const Tensor magnitudes = rows_reduced(summands.rows, sum_of_magnitudes);
    // A division, or a product with a rounded reciprocal, of a sum that was rounded before.
    return reduction.divides ? magnitudes * summands.error(3) / summands.rows.size(1)
                             : magnitudes * summands.error();
}

void check_rows(CheckRun& run, torch::ScalarType type, const Tensor& x, const Summands& summands) {
    for (const Reduction& reduction : reductions) {
        const Tensor& rows = reduction.adds ? summands.rows : x;
        const std::string what = fmt::format("{} {}, {}x{}", reduction.name, type_name(type),
                                             rows.size(0), rows.size(1));
        run.where_supported(fmt::format("{} {}", reduction.name, type_name(type)), [&] {
            const Tensor found = run.compute(
                what, [&, input = run.on_device(rows)] { return reduction.on_device(input); });
            run.expect_close(what, found, rows_reduced(rows, reduction.of_row),
                             bound_of(reduction, summands));
        });
    }
}

/// Running sums along each row.
void check_scan(CheckRun& run, torch::ScalarType type, const Summands& summands) {
    const Tensor& x = summands.rows;
    const std::int64_t width = x.size(1);
    const std::string what =
        fmt::format("running sum {}, {}x{}", type_name(type), x.size(0), width);
    run.where_supported("running sum " + type_name(type), [&] {
        const Tensor found =
            run.compute(what, [&, input = run.on_device(x)] { return input.cumsum(1); });
        auto sums = values_of(x);
        auto magnitudes = sums;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const bool is_first = i % static_cast<std::size_t>(width) == 0;
            magnitudes[i] = std::abs(sums[i]) + (is_first ? 0 : magnitudes[i - 1]);
            sums[i] += is_first ? 0 : sums[i - 1];
        }
        run.expect_close(what, found, tensor_of(sums, x.sizes()),
                         tensor_of(magnitudes, x.sizes()) * summands.error());
    });
}

/// Sums over all values, of integers that are added exactly in any order.
void check_whole(CheckRun& run) {
    const Tensor x =
        run.integers({run.between(1, 50), run.between(1, 300)}, torch::kInt64, -99, 99);
    const auto values = values_of(x);
    const auto sum =
        static_cast<std::int64_t>(std::accumulate(values.begin(), values.end(), Wide{0}));
    for (const auto type : {torch::kInt64, torch::kInt32, torch::kFloat32, torch::kFloat64}) {
        const std::string what = "sum of everything " + type_name(type);
        const Tensor found =
            run.compute(what, [&, input = run.on_device(x.to(type))] { return input.sum(); });
        run.expect_same(what, found, torch::tensor(sum).to(found.scalar_type()));
    }
}

}  // namespace

void checks::reductions(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : real_types()) {
            const Tensor x = run.reals({run.between(1, 40), run.between(1, 700)}, type);
            const Summands summands(run, x);
            check_rows(run, type, x, summands);
            check_scan(run, type, summands);
        }
        check_whole(run);
    }
}

}  // namespace trilby::backends
