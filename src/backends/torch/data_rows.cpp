// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "backends/torch/data_rows.hpp"

#include <array>

namespace trilby::backends {

torch::Tensor tensor_of(const train::SharedArrays& arrays, std::string_view name) {
    constexpr std::array types{torch::kUInt8, torch::kInt32, torch::kInt64, torch::kFloat32};
    const train::ArrayLayout& layout = arrays.layout_of(name);
    return torch::from_blob(arrays.bytes_of(name).data(), layout.shape,
                            types[static_cast<std::size_t>(layout.type)]);
}

DataRows::DataRows(const train::SharedArrays& arrays, std::string_view name,
                   const data::Range& rows, const torch::Device& device, torch::ScalarType type)
    : arrays_(arrays),
      name_(name),
      first_(rows.first),
      device_(device),
      type_(type),
      values_(tensor_of(arrays, name).slice(0, rows.first, rows.last)) {
    if (!arrays.is_on_disk()) {
        values_ = values_.to(device, type);
    }
}

torch::Tensor DataRows::at(const torch::Tensor& numbers) const {
    return values_.index_select(0, numbers).to(device_, type_);
}

torch::Tensor DataRows::between(std::int64_t first, std::int64_t last) const {
    const torch::Tensor rows = values_.slice(0, first, last);
    if (!arrays_.is_on_disk()) {
        return rows;
    }
    torch::Tensor copy = rows.to(device_, type_, /*non_blocking=*/false, /*copy=*/true);
    arrays_.announce(train::RowUse::finished, name_, {first_ + first, first_ + last});
    return copy;
}

}  // namespace trilby::backends
