// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "platform/created_folders.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// Creates PARENT/NAME-N in the current folder with the first free N. Of `name`, only 64 bytes are
/// used, and any character but letters, digits and '_' becomes '-'.
[[nodiscard]] Result<platform::CreatedFolders> create_numbered_folder(const std::string& parent,
                                                                      const std::string& name);

}  // namespace trilby::train
