// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/timed_product.hpp"

#include <algorithm>
#include <stdexcept>

namespace trilby::backends {
namespace {

using torch::Tensor;
using validate::Quantity;

constexpr double seconds_per_product = 0.02;
constexpr std::int64_t smallest_side = 256;
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

double operations_of(std::int64_t side) {
    return 2.0 * static_cast<double>(side * side * side);
}

Tensor random_matrix(CheckRun& run, torch::ScalarType type, std::int64_t side) {
    return run.on_device(run.integers({side, side}, type, -9, 9));
}

}  // namespace

TimedProduct::TimedProduct(CheckRun& run, torch::ScalarType type, std::int64_t side)
    : type_(type),
      side_(side),
      a_(random_matrix(run, type, side)),
      b_(random_matrix(run, type, side)),
      first_result_(multiply()),
      rates_(quantity_of(type)) {}

TimedProduct TimedProduct::of_type(CheckRun& run, torch::ScalarType type) {
    for (std::int64_t side = smallest_side;; side *= 2) {
        TimedProduct product(run, type, side);
        if (side >= largest_side || product.shortest_seconds(run) >= seconds_per_product) {
            return product;
        }
    }
}

/// The shortest of a few times: other load may have delayed some of them.
double TimedProduct::shortest_seconds(CheckRun& run) const {
    constexpr int tries = 3;
    double shortest = seconds_per_product;
    for (int i = 0; i < tries && shortest >= seconds_per_product; ++i) {
        shortest = run.time([&] { (void)multiply(); }).seconds;
    }
    return shortest;
}

void TimedProduct::repeat(CheckRun& run) {
    Tensor result;
    const Timing timing = run.time([&] { result = multiply(); });
    rates_.add(run.progress(), operations_of(side_) * 1e-9, timing);
    run.disturb(result);
    run.expect_same_there("matmul " + type_name(type_) + ", under load", result, first_result_);
}

}  // namespace trilby::backends
