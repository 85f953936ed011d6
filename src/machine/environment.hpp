// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Looks up the variables and files of machine/watched.hpp in a machine.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <trilby/probe.hpp>

namespace trilby {

/// Absent if it is not set.
[[nodiscard]] Observed<std::string> variable(const Machine& machine, std::string_view name);
/// Whether the file exists; absent if that is not known.
[[nodiscard]] Observed<bool> file_state(const Machine& machine, std::string_view path);
[[nodiscard]] Observed<std::string> text_of(const Machine& machine, std::string_view path);

/// What could not be read of a list, in `folder` or anywhere.
[[nodiscard]] std::vector<const UnreadPath*> unread_paths(const Machine& machine, FactList list,
                                                          std::string_view folder = {});
/// Everything was read, so what the list lacks does not exist.
[[nodiscard]] bool is_complete(const Machine& machine, FactList list, std::string_view folder = {});

}  // namespace trilby
