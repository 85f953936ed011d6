// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Texts that pages insert by name, such as {{options}}, because their source is elsewhere: the
/// parser, the exit codes, the folders of the installation.

#pragma once

#include <CLI/App.hpp>
#include <map>
#include <set>
#include <string>

namespace trilby::manual {

/// Markdown by name.
using Insertions = std::map<std::string, std::string>;

/// "trilby-data" for "trilby data".
[[nodiscard]] std::string page_name(const CLI::App& command);

/// "exits", "exit 64", "first steps" and "data", the folder of the installed data.
[[nodiscard]] Insertions general_insertions();

/// "summary", "synopsis", "commands" and "options". Commands below it that have no page among
/// `page_names` are explained here.
[[nodiscard]] Insertions insertions_about(const CLI::App& command,
                                          const std::set<std::string>& page_names);

}  // namespace trilby::manual
