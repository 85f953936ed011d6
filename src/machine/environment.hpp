// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Looks up the variables and files of machine/watched.hpp in a machine.

#pragma once

#include <string>
#include <string_view>

#include <trilby/probe.hpp>

namespace trilby {

/// Absent if it is not set.
[[nodiscard]] Observed<std::string> variable(const Machine& machine, std::string_view name);
/// Whether the file exists; absent if that is not known.
[[nodiscard]] Observed<bool> file_state(const Machine& machine, std::string_view path);
[[nodiscard]] Observed<std::string> text_of(const Machine& machine, std::string_view path);

}  // namespace trilby
