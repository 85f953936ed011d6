// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "platform/atomic_file.hpp"
#include <trilby/safetensors.hpp>

namespace trilby::tensors {

/// Writes the file atomically from what make_start() gave and the bytes of the tensors. Calls
/// `before_replacing` when the new file is complete and the old one is still in its place.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view start,
                                      std::span<const safetensors::TensorView> tensors,
                                      const platform::BeforeReplacing& before_replacing = {});

}  // namespace trilby::tensors
