// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <fmt/format.h>

#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {

namespace {

struct Shape {
    std::int64_t rows;
    std::int64_t inner;
    std::int64_t columns;
};

/// Sizes around those of tiles and vectors, where kernels treat edges.
Shape random_shape(CheckRun& run) {
    return {run.between(1, 97), run.between(1, 130), run.between(1, 97)};
}

/// The same values on the device; the columns are contiguous there if `is_transposed`.
torch::Tensor laid_out(CheckRun& run, const torch::Tensor& host, bool is_transposed) {
    return is_transposed ? run.on_device(host.t().contiguous()).t() : run.on_device(host);
}

std::string describe(torch::ScalarType type, const Shape& shape, int layout) {
    return fmt::format("matmul {}, {}{} {}x{}x{}", type_name(type), (layout & 1) != 0 ? 'T' : 'N',
                       (layout & 2) != 0 ? 'T' : 'N', shape.rows, shape.inner, shape.columns);
}

/// Covers the rounding of the sums in the type's own precision, and of the result.
torch::Tensor bound_of(const Sums& sums, std::int64_t terms, torch::ScalarType type) {
    const double roundoff = roundoff_of(type);
    return sums.magnitude * validate::sum_error(static_cast<double>(terms) + 1, roundoff);
}

void check_reals(CheckRun& run, torch::ScalarType type, const Shape& shape, int layout) {
    const auto a = run.reals({shape.rows, shape.inner}, type);
    const auto b = run.reals({shape.inner, shape.columns}, type);
    const auto left = laid_out(run, a, (layout & 1) != 0);
    const auto right = laid_out(run, b, (layout & 2) != 0);
    const std::string what = describe(type, shape, layout);
    const auto found = run.compute(what, [&] { return torch::mm(left, right); });
    const Sums sums = matrix_product(a, b);
    run.expect_close(what, found, sums.value, bound_of(sums, shape.inner, type));
}

/// The integers are so small that every partial sum is exact in the type in any order: no bit may
/// be wrong.
void check_integers(CheckRun& run, torch::ScalarType type, Shape shape, int layout) {
    const std::int64_t largest = type == torch::kBFloat16 ? 1 : type == torch::kFloat16 ? 3 : 9;
    const auto a = run.integers({shape.rows, shape.inner}, type, -largest, largest);
    const auto b = run.integers({shape.inner, shape.columns}, type, -largest, largest);
    const auto left = laid_out(run, a, (layout & 1) != 0);
    const auto right = laid_out(run, b, (layout & 2) != 0);
    const std::string what = describe(type, shape, layout) + " of integers";
    const auto found = run.compute(what, [&] { return torch::mm(left, right); });
    run.expect_close(what, found, matrix_product(a, b).value, torch::zeros({}, torch::kFloat64));
}

/// Checks a product that is too large to be repeated on the host: for integers, A(Bx) = (AB)x holds
/// exactly, and a wrong row escapes with a chance of one in a thousand (Freivalds, 1977).
void check_large(CheckRun& run, torch::ScalarType type) {
    const std::int64_t side = run.between(300, 500);
    const auto a = run.integers({side, side}, type, -9, 9);
    const auto b = run.integers({side, side}, type, -9, 9);
    const auto left = run.on_device(a);
    const auto right = run.on_device(b);
    const std::string what = fmt::format("large matmul {}, {}", type_name(type), side);
    const auto product = run.compute(what, [&] { return torch::mm(left, right); });
    const auto x = run.integers({side, 1}, torch::kInt64, 0, 1000);
    const auto long_a = a.to(torch::kInt64);
    const auto long_b = b.to(torch::kInt64);
    run.expect_close(what, product.to(torch::kInt64).mm(x),
                     long_a.mm(long_b.mm(x)).to(torch::kFloat64),
                     torch::zeros({}, torch::kFloat64));
}

void check_batched(CheckRun& run, torch::ScalarType type) {
    const std::int64_t batch = run.between(2, 5);
    const Shape shape{run.between(1, 33), run.between(1, 33), run.between(1, 33)};
    const auto a = run.reals({batch, shape.rows, shape.inner}, type);
    const auto b = run.reals({batch, shape.inner, shape.columns}, type);
    const auto left = run.on_device(a);
    const auto right = run.on_device(b);
    const std::string what = fmt::format("batched matmul {}, {}x{}x{}x{}", type_name(type), batch,
                                         shape.rows, shape.inner, shape.columns);
    const auto found = run.compute(what, [&] { return torch::bmm(left, right); });
    for (std::int64_t i = 0; i < batch; ++i) {
        const Sums sums = matrix_product(a[i], b[i]);
        run.expect_close(what, found[i], sums.value, bound_of(sums, shape.inner, type));
    }
}

}  // namespace

void checks::matmul(CheckRun& run) {
    constexpr int layouts = 4;
    while (run.next_round()) {
        for (const auto type : real_types()) {
            run.where_supported("matmul " + type_name(type), [&] {
                const Shape shape = random_shape(run);
                const int layout = static_cast<int>(run.between(0, layouts - 1));
                check_reals(run, type, shape, layout);
                check_integers(run, type, shape, (layout + 1) % layouts);
                check_batched(run, type);
            });
        }
        check_large(run, torch::kFloat32);
        check_large(run, torch::kFloat64);
    }
}

}  // namespace trilby::backends
