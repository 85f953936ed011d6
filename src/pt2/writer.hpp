// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <span>

#include "pt2/file.hpp"
#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::pt2 {

/// Writes the model with other values of its tensors, which torch.export.load() reads. Tensors that
/// are not given keep their values. ErrorCode::bad_data for a tensor that the model does not have,
/// or has with another type or shape. After any failure, a file that was there before is untouched.
[[nodiscard]] Result<void> write_with_values(const std::filesystem::path& path, const File& model,
                                             std::span<const safetensors::TensorView> values);

}  // namespace trilby::pt2
