// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backends/torch/checking/exact_product.hpp"
#include "backends/torch/checking/product_shapes.hpp"
#include "backends/torch/checking/product_types.hpp"
#include "backends/torch/checking/reference.hpp"
#include "backends/torch/checks/checks.hpp"
#include "validate/precision.hpp"

namespace trilby::backends {
namespace {

using torch::Tensor;

/// Every so many products have a row or a column of NaN or infinity.
constexpr std::int64_t one_in_special = 4;

/// How an operand lies in memory.
enum class OperandLayout : std::uint8_t {
    rows,     ///< each row is contiguous
    columns,  ///< each column is contiguous
    strided,  ///< rows, with gaps between them
};
constexpr std::array layout_names{'N', 'T', 'S'};  // after BLAS

struct Layouts {
    OperandLayout left = OperandLayout::rows;
    OperandLayout right = OperandLayout::columns;

    [[nodiscard]] std::string text() const {
        return {layout_names.at(static_cast<std::size_t>(left)),
                layout_names.at(static_cast<std::size_t>(right))};
    }
};

OperandLayout random_layout(CheckRun& run) {
    return static_cast<OperandLayout>(run.between(0, layout_names.size() - 1));
}

/// Rows that are parts of longer ones, which are NaN elsewhere.
Tensor with_gaps(CheckRun& run, const Tensor& host) {
    constexpr std::int64_t gap = 3;
    const std::int64_t columns = host.size(-1);
    std::vector<std::int64_t> sizes = host.sizes().vec();
    sizes.back() += gap;
    const Tensor longer = torch::full(sizes, NAN, host.options());
    longer.narrow(-1, 0, columns).copy_(host);
    return run.on_device(longer).narrow(-1, 0, columns);
}

Tensor place(CheckRun& run, const Tensor& host, OperandLayout layout) {
    switch (layout) {
        case OperandLayout::columns:
            return run.on_device(host.transpose(-2, -1).contiguous()).transpose(-2, -1);
        case OperandLayout::strided:
            return with_gaps(run, host);
        default:
            return run.on_device(host);
    }
}

/// One product of the sweep.
struct Product {
    const ProductType& type;
    ProductShape shape;
    Layouts layouts;

    [[nodiscard]] std::string text() const {
        return fmt::format("matmul {}, {} {}", type.name, layouts.text(), shape.text());
    }
    [[nodiscard]] std::vector<std::int64_t> left_sizes() const {
        return {shape.batch, shape.rows, shape.inner};
    }
    [[nodiscard]] std::vector<std::int64_t> right_sizes() const {
        return {shape.batch, shape.inner, shape.columns};
    }
};

/// The products of all matrices of the batch, on the host.
Tensor multiply(CheckRun& run, const std::string& what, const Product& product, const Tensor& a,
                const Tensor& b) {
    const auto placed = [&](const Tensor& host, OperandLayout layout) {
        const Tensor values = product.shape.batch == 1 ? host[0] : host;
        return place(run, values.to(product.type.operands), layout);
    };
    const Tensor left = placed(a, product.layouts.left);
    const Tensor right = placed(b, product.layouts.right);
    return run.compute(what, [&] { return product.type.multiply(left, right); })
        .view({product.shape.batch, product.shape.rows, product.shape.columns});
}

/// Clears all values but every `spacing`-th of each row, beginning anywhere.
Tensor thinned(CheckRun& run, const Tensor& matrices, std::int64_t spacing) {
    if (spacing == 1) {
        return matrices;
    }
    std::vector<std::int64_t> starts = matrices.sizes().vec();
    starts.back() = 1;
    const Tensor position =
        torch::arange(matrices.size(-1)) + run.integers(starts, torch::kInt64, 0, spacing - 1);
    return matrices * position.remainder(spacing).eq(0);
}

/// The operands of a product that is exact in its type, of int32.
struct IntegerOperands {
    Tensor a;
    Tensor b;
};

IntegerOperands integer_operands(CheckRun& run, const Product& product) {
    const ExactOperands of = exact_operands(product.type.exact, product.shape.inner);
    const auto draw = [&](torch::IntArrayRef sizes) {
        return run.integers(sizes, torch::kInt32, -of.largest, of.largest);
    };
    const Tensor a = thinned(run, draw(product.left_sizes()), of.spacing);
    return {a, draw(product.right_sizes())};
}

void expect_exact(CheckRun& run, const std::string& what, const Product& product,
                  const Tensor& found, const IntegerOperands& operands) {
    for (std::int64_t i = 0; i < product.shape.batch; ++i) {
        run.expect_none_wrong(compare_exact_product(what, found[i], operands.a[i], operands.b[i],
                                                    product.type.exact.largest_sum, run.bits()));
    }
}

void check_integers(CheckRun& run, const Product& product) {
    const IntegerOperands operands = integer_operands(run, product);
    const std::string what = product.text() + ", integers";
    const Tensor found = multiply(run, what, product, operands.a, operands.b);
    expect_exact(run, what, product, found, operands);
}

/// A row of the first operand, or a column of the second, and the same of the result.
struct SpecialSlice {
    const char* name;
    std::int64_t dimension;
};
constexpr std::array special_slices{SpecialSlice{"row", 1}, SpecialSlice{"column", 2}};

/// NaN or infinity in one row or column must not reach another.
void check_special_values(CheckRun& run, const Product& product) {
    const IntegerOperands operands = integer_operands(run, product);
    const SpecialSlice& slice = special_slices.at(static_cast<std::size_t>(run.between(0, 1)));
    const auto slice_of = [&](const Tensor& matrices, std::int64_t index) {
        return matrices.select(slice.dimension, index);
    };
    const std::array values{operands.a.to(torch::kFloat64), operands.b.to(torch::kFloat64)};
    const std::array integers{operands.a, operands.b};
    const auto operand = static_cast<std::size_t>(slice.dimension - 1);
    const std::int64_t index = run.between(0, values.at(operand).size(slice.dimension) - 1);
    const double special = run.between(0, 1) == 0 ? NAN : HUGE_VAL;
    slice_of(values.at(operand), index).fill_(special);
    const std::string what =
        fmt::format("{}, {} {} is {}", product.text(), slice.name, index, special);
    const Tensor found = multiply(run, what, product, values[0], values[1]);
    const double finite =
        slice_of(found, index).to(torch::kFloat64).isfinite().sum().item<double>();
    run.expect(finite == 0, what, fmt::format("no finite value in this {}", slice.name), finite);
    // The rest must be the product without it.
    slice_of(found, index).zero_();
    slice_of(integers.at(operand), index).zero_();
    expect_exact(run, what, product, found, operands);
}

/// Operands from -1 to 1. Those that are so small that a device may take their products for zero
/// are zero.
Tensor real_operands(CheckRun& run, torch::IntArrayRef sizes, torch::ScalarType type) {
    constexpr double least = 0x1p-12;
    const Tensor values = run.reals(sizes, type);
    return values.masked_fill(values.abs().lt(least), 0);
}

/// What a device may find for a block of a product.
struct ExpectedBlock {
    Tensor value;
    Tensor bound;
};

/// Each value is one product, which IEEE 754 requires to be correctly rounded. The product of two
/// numbers of float32 is exact in double.
ExpectedBlock expected_single_products(const Tensor& column, const Tensor& row) {
    std::vector<Wide> products;
    for (const Wide left : values_of(column)) {
        for (const Wide right : values_of(row)) {
            products.push_back(static_cast<double>(left) * static_cast<double>(right));
        }
    }
    const Tensor rounded =
        tensor_of(products, {column.size(0), row.size(1)}).to(column.scalar_type());
    return {rounded.to(torch::kFloat64), torch::zeros({}, torch::kFloat64)};
}

ExpectedBlock expected_sums(const ProductType& type, const Tensor& rows, const Tensor& columns) {
    const auto terms = static_cast<double>(columns.size(0));
    const double error =
        validate::random_sum_error(terms, roundoff_of(type.reals->sums), 1, type.reals->rounding);
    const Tensor value = matrix_product(rows, columns).value;
    const Tensor of_sums = columns.to(torch::kFloat64).square().sum(0).sqrt() * error;
    const Tensor of_results = (value.abs() + of_sums) * roundoff_of(type.operands);
    return {value, of_sums + of_results + smallest_normal_of(type.operands)};
}

ExpectedBlock expected_block(const ProductType& type, const Tensor& rows, const Tensor& columns) {
    const bool is_one_rounding =
        columns.size(0) == 1 && type.reals->rounding == validate::Rounding::to_nearest;
    return is_one_rounding ? expected_single_products(rows, columns)
                           : expected_sums(type, rows, columns);
}

/// The host computes only a block of the product, at a random place.
void check_block(CheckRun& run, const std::string& what, const Product& product,
                 const Tensor& found, const Tensor& a, const Tensor& b) {
    const std::int64_t height = std::min<std::int64_t>(32, product.shape.rows);
    const std::int64_t width = std::min<std::int64_t>(64, product.shape.columns);
    const std::int64_t row = run.between(0, product.shape.rows - height);
    const std::int64_t column = run.between(0, product.shape.columns - width);
    const ExpectedBlock expected =
        expected_block(product.type, a.narrow(0, row, height), b.narrow(1, column, width));
    run.expect_close(fmt::format("{}, block at row {} and column {}", what, row, column),
                     found.narrow(0, row, height).narrow(1, column, width), expected.value,
                     expected.bound);
}

void check_reals(CheckRun& run, const Product& product) {
    const Tensor a = real_operands(run, product.left_sizes(), product.type.values);
    const Tensor b = real_operands(run, product.right_sizes(), product.type.values);
    const std::string what = product.text();
    const Tensor found = multiply(run, what, product, a, b);
    for (std::int64_t i = 0; i < product.shape.batch; ++i) {
        check_block(run, what, product, found[i], a[i], b[i]);
    }
}

/// Multiplies one shape after the other in every type of the device: first the known shapes, then
/// random ones.
class Sweep {
  public:
    explicit Sweep(CheckRun& run)
        : limits_(sweep_limits(run.device().is_cpu(), run.seconds(), run.memory_bytes())),
          known_(known_shapes(limits_)) {
        for (const ProductType& type : known_product_types(run.device())) {
            run.where_supported(fmt::format("matmul {}", type.name), [&] {
                require_products(type, run.device());
                types_.push_back({type, {}});
            });
        }
    }

    void check_next(CheckRun& run) {
        if (types_.empty()) {
            return;
        }
        TypeSweep& sweep = types_[run.round() % types_.size()];
        const Product product = next_product(run, sweep.type, run.round() / types_.size());
        check_integers(run, product);
        if (sweep.type.reals) {
            check_reals(run, product);
        }
        if (sweep.type.reals && run.between(1, one_in_special) == 1) {
            check_special_values(run, product);
        }
        sweep.shapes.insert(product.shape);
    }

    void report(CheckRun& run) const {
        for (const TypeSweep& sweep : types_) {
            if (sweep.shapes.empty()) {
                run.add_lacking(fmt::format("matmul {}: the time was over", sweep.type.name));
            } else {
                run.add_covered(fmt::format("{} shape{} of {}", sweep.shapes.size(),
                                            sweep.shapes.size() == 1 ? "" : "s", sweep.type.name));
            }
        }
    }

  private:
    struct TypeSweep {
        ProductType type;
        std::set<ProductShape> shapes;  ///< that were multiplied
    };

    [[nodiscard]] Product next_product(CheckRun& run, const ProductType& type,
                                       std::size_t turn) const {
        SplitMix64 random(run.bits());
        ProductShape shape = turn < known_.size() ? known_[turn] : random_shape(random, limits_);
        for (std::int64_t* side : {&shape.batch, &shape.rows, &shape.inner, &shape.columns}) {
            *side = run.size(*side);
        }
        Product product{type, type.shape_for(shape), {}};
        if (type.takes_any_operands) {
            product.layouts = {random_layout(run), random_layout(run)};
        }
        return product;
    }

    SweepLimits limits_;
    std::vector<ProductShape> known_;
    std::vector<TypeSweep> types_;
};

}  // namespace

void checks::matmul(CheckRun& run) {
    std::optional<Sweep> sweep;
    while (run.next_round()) {
        if (!sweep) {
            sweep.emplace(run);
        }
        sweep->check_next(run);
    }
    if (sweep) {
        sweep->report(run);
    }
}

}  // namespace trilby::backends
