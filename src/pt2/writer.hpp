// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "pt2/file.hpp"
#include <trilby/result.hpp>
#include <trilby/safetensors.hpp>

namespace trilby::pt2 {

using Bytes = std::vector<std::byte>;
/// The files of an archive by name.
using Entries = std::map<std::string, Bytes>;

struct FilledModel {
    Program program;
    Entries entries;
};

/// The model with other values of its tensors; those that are not given keep theirs. The head may
/// have other outputs than that of the model. ErrorCode::bad_data for a tensor that the model does
/// not have, or has with another type or shape.
[[nodiscard]] Result<FilledModel> with_values(const File& model,
                                              std::span<const safetensors::TensorView> values);

/// The elements of a tensor in row-major order. `storage` is its entry.
[[nodiscard]] Bytes row_major(const StoredTensor& tensor, std::span<const std::byte> storage);

/// Writes the model with other values of its tensors, which torch.export.load() reads. The errors
/// are those of with_values(). After any failure, a file that was there before is untouched.
[[nodiscard]] Result<void> write_with_values(const std::filesystem::path& path, const File& model,
                                             std::span<const safetensors::TensorView> values);

}  // namespace trilby::pt2
