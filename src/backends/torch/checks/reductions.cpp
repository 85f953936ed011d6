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
    bool is_rounded;  ///< its error grows with the sum of magnitudes; else it is exact
};

constexpr std::array reductions{
    Reduction{"sum", [](const Tensor& x) { return x.sum(1); },
              [](const Wide* row, std::int64_t width) {
                  return std::accumulate(row, row + width, Wide{0});
              },
              true},
    Reduction{"mean", [](const Tensor& x) { return x.mean(1); },
              [](const Wide* row, std::int64_t width) {
                  return std::accumulate(row, row + width, Wide{0}) / width;
              },
              true},
    Reduction{
        "largest", [](const Tensor& x) { return x.amax(1); },
        [](const Wide* row, std::int64_t width) { return *std::max_element(row, row + width); },
        false},
    Reduction{
        "smallest", [](const Tensor& x) { return x.amin(1); },
        [](const Wide* row, std::int64_t width) { return *std::min_element(row, row + width); },
        false},
    Reduction{"place of the largest", [](const Tensor& x) { return x.argmax(1); },
              [](const Wide* row, std::int64_t width) {
                  return static_cast<Wide>(std::max_element(row, row + width) - row);
              },
              false}};

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

void check_rows(CheckRun& run, torch::ScalarType type, const Tensor& x) {
    const std::int64_t width = x.size(1);
    const double error = validate::sum_error(static_cast<double>(width) + 1, roundoff_of(type));
    for (const Reduction& reduction : reductions) {
        const std::string what =
            fmt::format("{} {}, {}x{}", reduction.name, type_name(type), x.size(0), width);
        run.where_supported(fmt::format("{} {}", reduction.name, type_name(type)), [&] {
            const Tensor found = run.compute(
                what, [&, input = run.on_device(x)] { return reduction.on_device(input); });
            const Tensor bound = reduction.is_rounded ? rows_reduced(x, sum_of_magnitudes) * error
                                                      : torch::zeros({}, torch::kFloat64);
            run.expect_close(what, found, rows_reduced(x, reduction.of_row), bound);
        });
    }
}

/// Running sums along each row.
void check_scan(CheckRun& run, torch::ScalarType type, const Tensor& x) {
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
                         tensor_of(magnitudes, x.sizes()) *
                             validate::sum_error(static_cast<double>(width), roundoff_of(type)));
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
            check_rows(run, type, x);
            check_scan(run, type, x);
        }
        check_whole(run);
    }
}

}  // namespace trilby::backends
