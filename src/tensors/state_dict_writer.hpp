// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <span>

#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::tensors {

/// Writes a state dict as torch.save() does, which torch.load(weights_only=True) reads. The bytes
/// of tensors are as for safetensors::write(). ErrorCode::usage for a type that PyTorch's state
/// dicts do not have. After any failure, a file that was there before is untouched.
[[nodiscard]] Result<void> write_state_dict(const std::filesystem::path& path,
                                            std::span<const safetensors::TensorView> tensors);

}  // namespace trilby::tensors
