// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

#include "platform/created_folders.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// Creates PARENT/NAME-N in the current folder with the first free N. Characters of `name` that may
/// mean something in a path become '-'.
[[nodiscard]] Result<platform::CreatedFolders> create_numbered_folder(const std::string& parent,
                                                                      const std::string& name);

}  // namespace trilby::train
