// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/file_tree.hpp"

namespace trilby::recording {

/// The names of this host and of its users, for a Redaction.
[[nodiscard]] std::vector<std::string> personal_names(const platform::FileTree& tree);

/// A default name of a host, a user or a home folder.
[[nodiscard]] bool is_common_name(std::string_view name);

}  // namespace trilby::recording
