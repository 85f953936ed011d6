// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The reports that a command writes into files.

#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::report {

struct ReportFile {
    std::filesystem::path path;
    std::string unfinished;  ///< the content until the work has ended
};

/// Reports files that cannot be written, that are the same file, or that are one of the inputs.
/// Creates only temporary files.
[[nodiscard]] Result<void> check_reports(const std::vector<ReportFile>& reports,
                                         const std::vector<std::filesystem::path>& inputs);

/// Replaces earlier reports, so that none of them passes for the result of a run that fails.
[[nodiscard]] Result<void> start_reports(const std::vector<ReportFile>& reports);

}  // namespace trilby::report
