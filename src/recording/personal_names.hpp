// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::recording {

/// The names of this host and of its users, for a Redaction.
[[nodiscard]] std::vector<std::string> personal_names(const platform::FileTree& tree);

}  // namespace trilby::recording
