// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The configuration files of an archive, which say where its tensors are.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pt2/program.hpp"
#include "tensors/zip_archive.hpp"
#include <trilby/result.hpp>

namespace trilby::pt2 {

/// The name of the configuration of "weights" or "constants" in an archive.
[[nodiscard]] std::string config_entry(std::string_view folder);

/// Reads the configuration of a folder. ErrorCode::bad_data for a tensor that is pickled or does
/// not lie inside its entry. Custom objects are left out.
[[nodiscard]] Result<std::vector<StoredTensor>> read_stored_tensors(
    const tensors::ZipArchive& archive, std::string_view folder);

}  // namespace trilby::pt2
