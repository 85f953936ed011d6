// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/checking/product_types.hpp"

#include <algorithm>
#include <torch/version.h>

namespace trilby::backends {
namespace {

using torch::Tensor;
using validate::Rounding;

/// Allows TF32 for products of float32 while it lives.
class Tf32Allowed {
  public:
    Tf32Allowed() { at::globalContext().setFloat32MatmulPrecision("high"); }
    ~Tf32Allowed() { at::globalContext().setFloat32MatmulPrecision("highest"); }
    Tf32Allowed(const Tf32Allowed&) = delete;
    Tf32Allowed& operator=(const Tf32Allowed&) = delete;
};

template <class Context>
void allow_rounded_partial_sums(Context& context, bool is_allowed) {
    context.setAllowFP16ReductionCuBLAS(is_allowed);
    if constexpr (requires { context.setAllowBF16ReductionCuBLAS(is_allowed); }) {
        context.setAllowBF16ReductionCuBLAS(is_allowed);
    }
}

Tensor multiply_any(const Tensor& a, const Tensor& b) {
    return torch::matmul(a, b);
}

Tensor multiply_half(const Tensor& a, const Tensor& b) {
    const FullPartialSums full;
    return torch::matmul(a, b);
}

Tensor multiply_tf32(const Tensor& a, const Tensor& b) {
    const Tf32Allowed allowed;
    return torch::matmul(a, b);
}

Tensor multiply_int8([[maybe_unused]] const Tensor& a, [[maybe_unused]] const Tensor& b) {
#if __has_include(<ATen/ops/_int_mm.h>)
    return at::_int_mm(a, b);
#else
    TORCH_CHECK_NOT_IMPLEMENTED(false, "this LibTorch has no matrix products of int8");
#endif
}

// Before 2.5, LibTorch's product of float8 had other parameters.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
constexpr torch::ScalarType float8 = torch::kFloat8_e4m3fn;

Tensor multiply_float8(const Tensor& a, const Tensor& b) {
    const Tensor one = torch::ones({}, a.options().dtype(torch::kFloat32));
    return at::_scaled_mm(a, b, one, one, {}, {}, torch::kFloat32);
}
#else
constexpr torch::ScalarType float8 = torch::kInt8;

Tensor multiply_float8(const Tensor& /*a*/, const Tensor& /*b*/) {
    TORCH_CHECK_NOT_IMPLEMENTED(false, "this LibTorch has no matrix products of float8");
}
#endif

/// Products with TF32 lose the low bits of float32, even those with the identity.
void require_tf32(torch::Device device) {
    constexpr std::int64_t side = 512;
    const auto options = torch::TensorOptions(device).dtype(torch::kFloat32);
    const Tensor precise = torch::full({side, side}, 1 + 0x1p-20, options);
    const bool keeps_low_bits =
        torch::equal(multiply_tf32(precise, torch::eye(side, options)), precise);
    TORCH_CHECK_NOT_IMPLEMENTED(!keeps_low_bits, "the device multiplies float32 in full precision");
}

ProductRounding nearest_in(torch::ScalarType type) {
    return {type, Rounding::to_nearest};
}

ProductType real_type(std::string_view name, torch::ScalarType type, const ExactRange& exact,
                      const ProductRounding& rounding) {
    return {name, type, type, exact, rounding, true, multiply_any};
}

ProductType half_type(std::string_view name, torch::ScalarType type, const ExactRange& exact,
                      torch::Device device) {
    const ProductRounding rounding{type_of_sums(type, device), Rounding::any};
    return {name, type, type, exact, rounding, true, multiply_half};
}

ProductType integers_only(std::string_view name, torch::ScalarType type, const ExactRange& exact,
                          Multiply* multiply) {
    return {name, type, type, exact, {}, false, multiply};
}

/// The numbers of float16 are those of TF32, in a smaller range.
ProductType tf32_type() {
    constexpr ExactRange exact{1 << 11, 1 << 24};
    const ProductRounding rounding{torch::kFloat32, Rounding::any};
    return {"TF32", torch::kFloat16, torch::kFloat32, exact, rounding, true, multiply_tf32};
}

}  // namespace

FullPartialSums::FullPartialSums() {
    allow_rounded_partial_sums(at::globalContext(), false);
}

FullPartialSums::~FullPartialSums() {
    allow_rounded_partial_sums(at::globalContext(), true);
}

/// LibTorch 1 may add products of 16-bit types on CPUs in the same type.
torch::ScalarType type_of_sums(torch::ScalarType type, torch::Device device) {
    const bool is_widened =
        c10::elementSize(type) == 2 && (!device.is_cpu() || TORCH_VERSION_MAJOR >= 2);
    return is_widened ? torch::kFloat32 : type;
}

// Every step of a sum must be exact even if a device rounds it to the type of the result, or, for
// float8, to the 13 bits that some devices keep.
std::vector<ProductType> known_product_types(torch::Device device) {
    constexpr ExactRange double_range{1 << 16, std::int64_t{1} << 47};
    constexpr ExactRange float_range{1 << 12, 1 << 24};
    constexpr ExactRange half_range{1 << 11, 1 << 11};
    constexpr ExactRange bfloat_range{1 << 8, 1 << 8};
    std::vector<ProductType> types{
        real_type("float64", torch::kFloat64, double_range, nearest_in(torch::kFloat64)),
        real_type("float32", torch::kFloat32, float_range, nearest_in(torch::kFloat32)),
        half_type("float16", torch::kFloat16, half_range, device),
        half_type("bfloat16", torch::kBFloat16, bfloat_range, device),
        integers_only("int8", torch::kInt8, {127, INT32_MAX}, multiply_int8),
        integers_only("float8_e4m3", float8, {16, 1 << 12}, multiply_float8)};
    if (!device.is_cpu()) {
        types.push_back(tf32_type());
    }
    return types;
}

ProductShape ProductType::shape_for(const ProductShape& shape) const {
    if (takes_any_operands) {
        return shape;
    }
    constexpr std::int64_t multiple = 16;
    constexpr std::int64_t least_rows = 32;
    const auto rounded_up = [](std::int64_t side) {
        return (side + multiple - 1) / multiple * multiple;
    };
    return {.batch = 1,
            .rows = std::max(least_rows, rounded_up(shape.rows)),
            .inner = rounded_up(shape.inner),
            .columns = rounded_up(shape.columns)};
}

void require_products(const ProductType& type, torch::Device device) {
    constexpr std::int64_t side = 32;
    const Tensor zeros = torch::zeros({side, side}, torch::kFloat32).to(type.operands).to(device);
    (void)type.multiply(zeros, zeros.t());
    if (type.multiply == multiply_tf32) {
        require_tf32(device);
    }
}

}  // namespace trilby::backends
