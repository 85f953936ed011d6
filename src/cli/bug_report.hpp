// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include <trilby/probe.hpp>
#include <trilby/result.hpp>

namespace trilby::cli {

/// Writes findings, backends and every probed value into a new text file. All of it comes from a
/// recording of the machine, in which personal data is replaced.
[[nodiscard]] Result<void> write_bug_report(const std::filesystem::path& file,
                                            const ProbeOptions& options);

}  // namespace trilby::cli
