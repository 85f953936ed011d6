// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include "onnx/model.hpp"
#include <trilby/result.hpp>

namespace trilby::onnx {

/// The version of the operators. All that are used are in it, and every runtime since 2022 has it.
inline constexpr std::int64_t opset_version = 17;

/// Writes one file. ErrorCode::bad_data for a model of more than the 2 GiB that the format allows.
/// After any failure, a file that was there before is untouched.
[[nodiscard]] Result<void> write(const std::filesystem::path& path, const Model& model);

}  // namespace trilby::onnx
