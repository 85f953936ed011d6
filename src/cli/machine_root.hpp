// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What the commands that look at a machine share.

#pragma once

#include <string>

#include "report/layout.hpp"
#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// Probes below a folder that the user named; ErrorCode::no_input if it is none.
[[nodiscard]] Result<Machine> probe_root(const std::string& root);

/// As standard output can show it.
[[nodiscard]] report::Style output_style();

}  // namespace trilby::cli
