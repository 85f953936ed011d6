// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <fmt/format.h>

#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

constexpr double epsilon = 1e-5;  // added to a variance, as LibTorch does by default

struct Expected {
    Tensor value;
    Tensor bound;
};

/// (x - mean) / deviation for every row. The bound also covers the least exact formula in use for
/// the variance, the mean of squares less the square of the mean.
Expected normalize_rows(const Tensor& host, double roundoff) {
    const std::int64_t width = host.size(1);
    const auto x = values_of(host);
    std::vector<Wide> out(x.size());
    std::vector<Wide> bound(x.size());
    const double error = validate::sum_error(static_cast<double>(width) + 16, roundoff);
    for (std::size_t first = 0; first < x.size(); first += static_cast<std::size_t>(width)) {
        const std::size_t end = first + static_cast<std::size_t>(width);
        Wide sum = 0;
        Wide magnitude = 0;
        Wide square = 0;
        for (std::size_t i = first; i < end; ++i) {
            sum += x[i];
            magnitude += std::abs(x[i]);
            square += x[i] * x[i];
        }
        const Wide mean = sum / width;
        Wide variance = 0;
        for (std::size_t i = first; i < end; ++i) {
            variance += (x[i] - mean) * (x[i] - mean) / width;
        }
        const Wide deviation = std::sqrt(variance + epsilon);
        for (std::size_t i = first; i < end; ++i) {
            out[i] = (x[i] - mean) / deviation;
            bound[i] = error * ((std::abs(x[i]) + magnitude / width) / deviation +
                                std::abs(out[i]) * (square / width) / (deviation * deviation));
        }
    }
    return {tensor_of(out, host.sizes()), tensor_of(bound, host.sizes())};
}

Expected softmax_rows(const Tensor& host, double roundoff) {
    const std::int64_t width = host.size(1);
    const auto x = values_of(host);
    std::vector<Wide> out(x.size());
    std::vector<Wide> bound(x.size());
    for (std::size_t first = 0; first < x.size(); first += static_cast<std::size_t>(width)) {
        const std::size_t end = first + static_cast<std::size_t>(width);
        Wide total = 0;
        Wide largest = 0;
        for (std::size_t i = first; i < end; ++i) {
            total += out[i] = std::exp(x[i]);
            largest = std::max(largest, std::abs(x[i]));
        }
        // The difference to the largest value is rounded before its exponential is taken.
        const double error = validate::sum_error(
            static_cast<double>(width) + 16 + 2 * static_cast<double>(largest), roundoff);
        for (std::size_t i = first; i < end; ++i) {
            out[i] /= total;
            bound[i] = out[i] * 2 * error;
        }
    }
    return {tensor_of(out, host.sizes()), tensor_of(bound, host.sizes())};
}

/// The bound for a 16-bit type is finite only for short rows, and its code has cases for long ones:
/// they take turns.
std::int64_t draw_size(CheckRun& run, std::int64_t longest, std::int64_t longest_short) {
    return run.between(2, run.round() % 2 == 0 ? longest : longest_short);
}

void check_layer_norm(CheckRun& run, torch::ScalarType type) {
    const std::int64_t rows = run.between(1, 40);
    const std::int64_t width = draw_size(run, 300, 30);
    const Tensor x = run.reals({rows, width}, type, -2, 3);
    const std::string what = fmt::format("layer norm {}, {}x{}", type_name(type), rows, width);
    run.where_supported("layer norm " + type_name(type), [&] {
        const Tensor found = run.compute(
            what, [&, input = run.on_device(x)] { return torch::layer_norm(input, {width}); });
        const Expected expected = normalize_rows(x, roundoff_of(type));
        run.expect_close(what, found, expected.value, expected.bound);
    });
}

void check_group_norm(CheckRun& run, torch::ScalarType type) {
    const std::int64_t groups = run.between(1, 4);
    const std::int64_t channels = groups * run.between(1, 4);
    const Tensor x = run.reals(
        {run.between(1, 4), channels, draw_size(run, 9, 3), draw_size(run, 9, 3)}, type, -2, 3);
    const std::string what = fmt::format("group norm {}, {}x{} in {} groups", type_name(type),
                                         x.size(0), channels, groups);
    run.where_supported("group norm " + type_name(type), [&] {
        const Tensor found = run.compute(
            what, [&, input = run.on_device(x)] { return torch::group_norm(input, groups); });
        const Expected expected =
            normalize_rows(x.reshape({x.size(0) * groups, -1}), roundoff_of(type));
        run.expect_close(what, found, expected.value.view(x.sizes()),
                         expected.bound.view(x.sizes()));
    });
}

void check_batch_norm(CheckRun& run, torch::ScalarType type) {
    const Tensor x = run.reals(
        {draw_size(run, 8, 4), run.between(1, 9), draw_size(run, 9, 3), draw_size(run, 9, 3)}, type,
        -2, 3);
    const std::string what = fmt::format("batch norm {}, {}x{}x{}x{}", type_name(type), x.size(0),
                                         x.size(1), x.size(2), x.size(3));
    run.where_supported("batch norm " + type_name(type), [&] {
        const Tensor found = run.compute(what, [&, input = run.on_device(x)] {
            return torch::batch_norm(input, {}, {}, {}, {}, /*training=*/true, /*momentum=*/0.1,
                                     epsilon, /*cudnn_enabled=*/true);
        });
        const Tensor rows = x.transpose(0, 1).contiguous();
        const Expected expected = normalize_rows(rows.view({rows.size(0), -1}), roundoff_of(type));
        const auto in_place = [&](const Tensor& values) {
            return values.view(rows.sizes()).transpose(0, 1);
        };
        run.expect_close(what, found, in_place(expected.value), in_place(expected.bound));
    });
}

void check_softmax(CheckRun& run, torch::ScalarType type) {
    const std::int64_t rows = run.between(1, 40);
    const std::int64_t width = draw_size(run, 300, 30);
    const Tensor x = run.reals({rows, width}, type, -6, 6);
    const std::string what = fmt::format("softmax {}, {}x{}", type_name(type), rows, width);
    run.where_supported("softmax " + type_name(type), [&] {
        const Tensor found =
            run.compute(what, [&, input = run.on_device(x)] { return torch::softmax(input, 1); });
        const Expected expected = softmax_rows(x, roundoff_of(type));
        run.expect_close(what, found, expected.value, expected.bound);
    });
}

}  // namespace

void checks::normalization(CheckRun& run) {
    while (run.next_round()) {
        for (const auto type : real_types()) {
            check_layer_norm(run, type);
            check_group_norm(run, type);
            check_batch_norm(run, type);
            check_softmax(run, type);
        }
    }
}

}  // namespace trilby::backends
