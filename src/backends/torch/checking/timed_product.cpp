// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/timed_product.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace trilby::backends {
namespace {

using torch::Tensor;
using validate::Quantity;

constexpr double seconds_per_product = 0.02;
constexpr std::int64_t smallest_side = 64;
constexpr std::int64_t largest_side = 8192;

const Quantity& quantity_of(torch::ScalarType type) {
    switch (type) {
        case torch::kFloat64:
            return validate::quantities::matmul_float64;
        case torch::kFloat32:
            return validate::quantities::matmul_float32;
        case torch::kFloat16:
            return validate::quantities::matmul_float16;
        case torch::kBFloat16:
            return validate::quantities::matmul_bfloat16;
        default:
            throw std::logic_error("products of this type are not timed");
    }
}

/// Large ones repeat a tile, since the host draws slowly. The sides are powers of two.
Tensor random_matrix(CheckRun& run, torch::ScalarType type, std::int64_t side) {
    constexpr std::int64_t most_drawn = 1024;
    const std::int64_t drawn = std::min(side, most_drawn);
    return run.on_device(run.integers({drawn, drawn}, type, -9, 9))
        .repeat({side / drawn, side / drawn});
}

}  // namespace

TimedProduct::TimedProduct(CheckRun& run, torch::ScalarType type, std::int64_t side,
                           const Quantity& quantity)
    : type_(type),
      side_(side),
      a_(random_matrix(run, type, side)),
      b_(random_matrix(run, type, side)),
      first_result_(multiply()),
      rates_(quantity) {}

TimedProduct TimedProduct::of_type(CheckRun& run, torch::ScalarType type) {
    return lasting(run, type, seconds_per_product, quantity_of(type));
}

TimedProduct TimedProduct::lasting(CheckRun& run, torch::ScalarType type, double seconds,
                                   const Quantity& quantity) {
    for (std::int64_t side = smallest_side;; side *= 2) {
        TimedProduct product(run, type, side, quantity);
        if (side >= largest_side || product.shortest_seconds(run) >= seconds) {
            return product;
        }
    }
}

TimedProduct TimedProduct::measured_as(const Quantity& quantity) const {
    TimedProduct other = *this;
    other.rates_ = Rates(quantity);
    return other;
}

double TimedProduct::operations() const {
    return 2.0 * static_cast<double>(side_ * side_ * side_);
}

/// The shortest of a few times: other load may have delayed some of them.
double TimedProduct::shortest_seconds(CheckRun& run) const {
    constexpr int tries = 3;
    double shortest = std::numeric_limits<double>::infinity();
    for (int i = 0; i < tries; ++i) {
        shortest = std::min(shortest, run.time([&] { (void)multiply(); }).seconds);
    }
    return shortest;
}

double TimedProduct::best_rate(CheckRun& run) const {
    return operations() / shortest_seconds(run);
}

Timing TimedProduct::repeat(CheckRun& run) {
    Tensor result;
    const Timing timing = run.time([&] { result = multiply(); });
    rates_.add(run.progress(), operations() * 1e-9, timing);
    run.disturb(result);
    run.expect_same_there("matmul " + type_name(type_) + ", under load", result, first_result_);
    return timing;
}

torch::ScalarType fastest_type(CheckRun& run) {
    constexpr double seconds = 1e-3;  // enough for an order of speeds
    torch::ScalarType fastest = torch::kFloat32;
    double best = 0;
    for (const auto type : real_types()) {
        run.where_supported("matmul " + type_name(type), [&] {
            const auto product = TimedProduct::lasting(run, type, seconds, quantity_of(type));
            if (const double rate = product.best_rate(run); rate > best) {
                best = rate;
                fastest = type;
            }
        });
    }
    return fastest;
}

}  // namespace trilby::backends
