// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The pretrained models that Trilby knows. Each has one file of weights.

#pragma once

#include "train/publication.hpp"

namespace trilby::train {

[[nodiscard]] std::span<const Publication> models();

/// ErrorCode::usage, with the known names, for an unknown model.
[[nodiscard]] Result<const Publication*> find_model(std::string_view name);

/// The folder with the model's file. ErrorCode::no_input names the folders that were searched, and
/// says how to get the model; ErrorCode::io if a folder could not be searched.
[[nodiscard]] Result<std::filesystem::path> locate_model(const Publication& model);

}  // namespace trilby::train
