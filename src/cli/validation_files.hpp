// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The files that a validation reads and writes.

#pragma once

#include <optional>
#include <string>

#include "validate/inventory.hpp"
#include "validate/machine_validation.hpp"
#include "validate/self_test.hpp"
#include "validate/validation.hpp"
#include <trilby/result.hpp>

namespace trilby::cli {

/// Paths, as far as they were given.
struct ValidationFiles {
    std::optional<std::string> junit;
    std::optional<std::string> html;
    std::optional<std::string> summary;
    std::optional<std::string> before;        ///< a result to compare with
    std::optional<std::string> after;         ///< the result to be compared; else this run's
    std::optional<std::string> expected;      ///< what the machine should have
    std::optional<std::string> new_expected;  ///< the same, to be written
};

/// Reports files that cannot be written, or that would replace an input or an edited file, and
/// replaces earlier reports.
[[nodiscard]] Result<void> start_files(const ValidationFiles& files);

[[nodiscard]] Result<void> write_reports(const ValidationFiles& files,
                                         const validate::Validation& validation);
[[nodiscard]] Result<void> write_reports(const ValidationFiles& files,
                                         const validate::MachineValidation& validation);

/// A self-test has a page for a browser and one to sign.
[[nodiscard]] Result<void> write_reports(const ValidationFiles& files,
                                         const validate::SelfTestRun& run);

/// Writes what the machine should have from now on, unless the validation did not pass or there is
/// a file of this name.
[[nodiscard]] Result<void> write_expected(const std::string& path,
                                          const validate::Inventory& inventory,
                                          const validate::Validation& validation);

}  // namespace trilby::cli
