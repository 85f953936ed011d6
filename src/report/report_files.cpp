// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/report_files.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"

namespace trilby::report {
namespace {

/// The path without links; the file need not exist.
std::filesystem::path resolved(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path), ignored);
}

bool is_same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code ignored;
    return std::filesystem::equivalent(a, b, ignored) || resolved(a) == resolved(b);
}

Result<void> check_report(const std::filesystem::path& path,
                          const std::vector<std::filesystem::path>& others, std::string_view what,
                          std::string_view remedy) {
    for (const std::filesystem::path& other : others) {
        if (is_same_file(path, other)) {
            return failure(ErrorCode::usage,
                           fmt::format("{} '{}'", what, printable(path.string(), 400)),
                           std::string(remedy));
        }
    }
    return {};
}

}  // namespace

Result<void> check_reports(const std::vector<ReportFile>& reports,
                           const std::vector<std::filesystem::path>& inputs) {
    std::vector<std::filesystem::path> taken;
    for (const ReportFile& report : reports) {
        TRILBY_CHECK(check_report(report.path, taken, "two reports have the same file",
                                  "give each report its own file"));
        TRILBY_CHECK(check_report(report.path, inputs, "a report would overwrite the input",
                                  "give the report another name"));
        TRILBY_CHECK(platform::AtomicFile::create(report.path));
        taken.push_back(report.path);
    }
    return {};
}

Result<void> start_reports(const std::vector<ReportFile>& reports) {
    for (const ReportFile& report : reports) {
        TRILBY_CHECK(platform::write_file_atomically(report.path, report.unfinished));
    }
    return {};
}

}  // namespace trilby::report
