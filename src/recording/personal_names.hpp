// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::recording {

/// Names of this host and of the people who have an account on it, for a Redaction.
[[nodiscard]] std::vector<std::string> personal_names(const platform::FileTree& tree);

}  // namespace trilby::recording
