// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/validation_files.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <vector>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "report/machine_validation.hpp"
#include "report/report_files.hpp"
#include "report/validation.hpp"
#include "validate/expected_file.hpp"

namespace trilby::cli {
namespace {

std::vector<report::ReportFile> reports_of(const ValidationFiles& files) {
    std::vector<report::ReportFile> reports;
    if (files.junit) {
        reports.push_back({*files.junit, report::unfinished_junit()});
    }
    if (files.html) {
        reports.push_back({*files.html, report::unfinished_html()});
    }
    if (files.summary) {
        reports.push_back({*files.summary, report::unfinished_summary()});
    }
    return reports;
}

/// The files that a run reads.
std::vector<std::filesystem::path> inputs_of(const ValidationFiles& files) {
    std::vector<std::filesystem::path> inputs;
    for (const auto& file : {files.before, files.expected}) {
        if (file) {
            inputs.emplace_back(*file);
        }
    }
    return inputs;
}

/// A file that somebody may have edited is never replaced.
Result<void> require_new(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' exists already", printable(path, 400)),
                       "remove it, or give --write-expect another name");
    }
    return {};
}

/// Of one device or of several.
template <class AnyValidation>
Result<void> write_all(const ValidationFiles& files, const AnyValidation& validation) {
    if (files.junit) {
        TRILBY_CHECK(platform::write_file_atomically(*files.junit, report::to_junit(validation)));
    }
    if (files.html) {
        TRILBY_CHECK(platform::write_file_atomically(*files.html, report::to_html(validation)));
    }
    if (files.summary) {
        const std::string summary = report::to_summary(validation);
        TRILBY_CHECK(platform::write_file_atomically(*files.summary, summary));
    }
    return {};
}

}  // namespace

Result<void> start_files(const ValidationFiles& files) {
    const std::vector<report::ReportFile> reports = reports_of(files);
    std::vector<report::ReportFile> outputs = reports;
    if (files.new_expected) {
        TRILBY_CHECK(require_new(*files.new_expected));
        outputs.push_back({*files.new_expected, {}});
    }
    TRILBY_CHECK(report::check_reports(outputs, inputs_of(files)));
    return report::start_reports(reports);
}

Result<void> write_reports(const ValidationFiles& files, const validate::Validation& validation) {
    return write_all(files, validation);
}

Result<void> write_reports(const ValidationFiles& files,
                           const validate::MachineValidation& validation) {
    return write_all(files, validation);
}

Result<void> write_reports(const ValidationFiles& files, const validate::SelfTestRun& run) {
    if (files.html) {
        TRILBY_CHECK(platform::write_file_atomically(*files.html, report::to_html(run)));
    }
    if (files.summary) {
        const std::string summary = report::to_summary(run);
        TRILBY_CHECK(platform::write_file_atomically(*files.summary, summary));
    }
    return {};
}

Result<void> write_expected(const std::string& path, const validate::Inventory& inventory,
                            const validate::Validation& validation) {
    if (validate::conclude(validation) != validate::Conclusion::passed) {
        return failure(ErrorCode::failed,
                       fmt::format("'{}' was not written, since the validation did not pass",
                                   printable(path, 400)),
                       "write it on a machine that is as it should be");
    }
    auto written =
        platform::create_file_atomically(path, validate::expected_text(inventory, validation));
    if (!written) {
        TRILBY_CHECK(require_new(path));  // a better message if somebody created it meanwhile
    }
    return written;
}

}  // namespace trilby::cli
