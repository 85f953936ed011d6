// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include <trilby/safetensors.hpp>

namespace trilby::tensors {

/// Writes the file atomically from what make_start() gave and the bytes of the tensors.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view start,
                                      std::span<const safetensors::TensorView> tensors);

}  // namespace trilby::tensors
