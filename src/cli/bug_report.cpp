// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/bug_report.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "install/version.hpp"
#include "platform/atomic_file.hpp"
#include "platform/interrupt.hpp"
#include "platform/temporary_folder.hpp"
#include "recording/recording.hpp"
#include "recording/redaction.hpp"
#include "report/diagnosis.hpp"
#include "report/text.hpp"
#include <trilby/doctor.hpp>
#include <trilby/selection.hpp>

namespace trilby::cli {
namespace {

constexpr report::Style plain{.columns = 100, .has_color = false};

/// The paths of the installed backends are the only ones that are not from the recording.
std::string report_of(const std::filesystem::path& recording, recording::Redaction& redaction) {
    const Machine machine = probe({.root = recording});
    const std::string backends =
        report::to_text(select_backend(machine, installed_backends(), std::nullopt), plain);
    return SafeText::format(
        "trilby {}\n\n# Machine\n\n{}\n# Backends\n\n{}\n# Findings\n\n{}\n# Values\n\n{}", version,
        report::to_text(machine, plain), SafeText::lines(redaction.prose(backends)),
        report::to_text(diagnose(machine), "", plain), report::sources_text(machine));
}

}  // namespace

Result<void> write_bug_report(const std::filesystem::path& file, const ProbeOptions& options) {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(file, ignored))) {
        return failure(ErrorCode::cannot_create, fmt::format("'{}' already exists", file.string()),
                       "give a new file name");
    }
    TRILBY_TRY(recorded, recording::record(options));
    platform::InterruptWatch interrupts;
    TRILBY_TRY(folder, platform::TemporaryFolder::create("trilby"));
    const std::filesystem::path recording = folder.path() / "machine";
    TRILBY_CHECK(recording::write(recorded, recording, &interrupts));
    recording::Redaction redaction(recorded.names);
    const std::string report = report_of(recording, redaction);
    if (interrupts.count() > 0) {
        return failure(ErrorCode::interrupted, "interrupted");
    }
    return platform::write_file_atomically(file, report);
}

}  // namespace trilby::cli
