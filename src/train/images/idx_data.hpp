// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include "base/json.hpp"
#include "train/images/data.hpp"
#include "train/images/settings.hpp"
#include "train/prepared_data.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train::images {

/// The images of a folder of the user's own IDX files, as prepare_folder() does it.
[[nodiscard]] Result<PreparedData> prepare_idx_folder(const Settings& settings,
                                                      const Recipe& recipe);

/// The test part of such a folder, or all images if it has none, for a network of this schema.
[[nodiscard]] Result<PreparedData> prepare_idx_inputs(const json::object& schema,
                                                      const std::filesystem::path& path);

}  // namespace trilby::train::images
