// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <vector>

#include "backends/torch/checks/checks.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr std::int64_t draws = 1 << 17;
// Numbers of a correct generator lie further from the mean once in 10^10 draws.
constexpr double most_deviations = 6.5;

torch::Generator generator_on(torch::Device device, std::uint64_t seed) {
    torch::Generator generator = at::globalContext().defaultGenerator(device).clone();
    generator.set_current_seed(seed);
    return generator;
}

void expect_mean(CheckRun& run, const std::string& what, const std::vector<double>& values,
                 double mean, double deviation) {
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    const double error = deviation / std::sqrt(static_cast<double>(values.size()));
    const double found = sum / static_cast<double>(values.size());
    run.expect(std::abs(found - mean) <= most_deviations * error, what,
               fmt::format("{} +- {:.3g}", mean, most_deviations * error), found);
}

std::vector<double> doubles_of(const Tensor& host) {
    const Tensor doubles = host.to(torch::kFloat64).contiguous();
    const double* data = doubles.data_ptr<double>();
    return {data, data + doubles.numel()};
}

/// The product of independent neighbors has the square of their mean as its mean.
void expect_independence(CheckRun& run, const std::string& what, const std::vector<double>& values,
                         double mean, double deviation) {
    std::vector<double> products;
    for (std::size_t i = 1; i < values.size(); i += 2) {
        products.push_back((values[i - 1] - mean) * (values[i] - mean));
    }
    expect_mean(run, what + ", neighbors", products, 0, deviation * deviation);
}

/// A chi-square test over equal cells, whose statistic is close to normal for so many cells.
void expect_even(CheckRun& run, const std::string& what, const std::vector<double>& values) {
    constexpr std::size_t cells = 256;
    std::vector<double> counts(cells);
    for (const double value : values) {
        counts[std::min(cells - 1, static_cast<std::size_t>(value * cells))] += 1;
    }
    const double expected = static_cast<double>(values.size()) / cells;
    double chi_square = 0;
    for (const double count : counts) {
        chi_square += (count - expected) * (count - expected) / expected;
    }
    const double deviations = (chi_square - (cells - 1)) / std::sqrt(2.0 * (cells - 1));
    run.expect(std::abs(deviations) <= most_deviations + 1, what + ", evenness",
               "a chi-square within 7.5 deviations", deviations);
}

void check_uniform(CheckRun& run) {
    const std::string what = "uniform numbers";
    const std::uint64_t seed = run.bits();
    const Tensor found = run.compute(what, [&] {
        return torch::empty({draws}, torch::TensorOptions(run.device()).dtype(torch::kFloat32))
            .uniform_(0, 1, generator_on(run.device(), seed));
    });
    const auto values = doubles_of(found);
    const bool is_inside =
        std::ranges::all_of(values, [](double value) { return value >= 0 && value < 1; });
    run.expect(is_inside, what + ", range", "all from 0 to below 1", 0);
    if (is_inside) {
        expect_mean(run, what + ", mean", values, 0.5, std::sqrt(1.0 / 12));
        expect_independence(run, what, values, 0.5, std::sqrt(1.0 / 12));
        expect_even(run, what, values);
    }
}

void check_normal(CheckRun& run) {
    const std::string what = "normal numbers";
    const std::uint64_t seed = run.bits();
    const Tensor found = run.compute(what, [&] {
        return torch::empty({draws}, torch::TensorOptions(run.device()).dtype(torch::kFloat32))
            .normal_(0, 1, generator_on(run.device(), seed));
    });
    const auto values = doubles_of(found);
    expect_mean(run, what + ", mean", values, 0, 1);
    expect_independence(run, what, values, 0, 1);
    std::vector<double> squares;
    for (const double value : values) {
        squares.push_back(value * value);
    }
    expect_mean(run, what + ", variance", squares, 1, std::sqrt(2.0));
}

void check_bernoulli(CheckRun& run) {
    const std::string what = "coin tosses";
    const std::uint64_t seed = run.bits();
    const Tensor found = run.compute(what, [&] {
        return torch::empty({draws}, torch::TensorOptions(run.device()).dtype(torch::kFloat32))
            .bernoulli_(0.25, generator_on(run.device(), seed));
    });
    expect_mean(run, what + ", mean", doubles_of(found), 0.25, std::sqrt(0.25 * 0.75));
}

void check_permutation(CheckRun& run) {
    const std::string what = "permutation";
    const std::uint64_t seed = run.bits();
    const Tensor found = run.compute(what, [&] {
        return torch::randperm(4096, generator_on(run.device(), seed),
                               torch::TensorOptions(run.device()).dtype(torch::kInt64));
    });
    run.expect_same(what, std::get<0>(found.sort()), torch::arange(4096, torch::kInt64));
}

}  // namespace

void checks::random(CheckRun& run) {
    while (run.next_round()) {
        check_uniform(run);
        check_normal(run);
        check_bernoulli(run);
        check_permutation(run);
    }
}

}  // namespace trilby::backends
