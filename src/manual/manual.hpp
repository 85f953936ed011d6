// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// All manual pages of a program.

#pragma once

#include <CLI/App.hpp>
#include <map>
#include <string>

#include "manual/page.hpp"

namespace trilby::manual {

/// File name ("trilby-probe.1") and content in the language of man(7). ErrorCode::internal if a
/// command of `parser` has no page, a page in section 1 no command, or an insertion is unknown.
[[nodiscard]] Result<std::map<std::string, std::string>> make_manual(const CLI::App& parser,
                                                                     const Pages& pages);

}  // namespace trilby::manual
