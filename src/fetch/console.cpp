// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/console.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>

#include "base/print.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "report/progress.hpp"

namespace trilby::fetch {
namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(100);

std::string_view word_for(Outcome outcome) {
    switch (outcome) {
        case Outcome::fetched:
            return "fetched";
        case Outcome::resumed:
            return "resumed";
        case Outcome::copied:
            return "copied";
        case Outcome::present:
            break;
    }
    return "present";
}

}  // namespace

std::string progress_line(const train::PublishedFile& file, std::uint64_t bytes, int columns) {
    const double fraction = static_cast<double>(std::min(bytes, file.size_bytes)) /
                            static_cast<double>(std::max<std::uint64_t>(1, file.size_bytes));
    const std::string line =
        fmt::format("{}  {}  {:.0f} %  {} of {}", file.name, report::bar(fraction),
                    100.0 * fraction, format_bytes(bytes), format_bytes(file.size_bytes));
    // The last column stays free: some terminals wrap as soon as it is written.
    return line.substr(0, static_cast<std::size_t>(std::max(columns - 1, 0)));
}

void Console::show_progress(const train::PublishedFile& file, std::uint64_t bytes) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_.is_terminal || (now < next_ && bytes < file.size_bytes)) {
        return;
    }
    next_ = now + redraw_interval;
    const std::string line = progress_line(file, bytes, terminal_.columns);
    print_to(stderr, "\r{:<{}}", line, shown_columns_);
    std::fflush(stderr);
    shown_columns_ = line.size();
}

void Console::clear_progress() {
    if (shown_columns_ > 0) {
        print_to(stderr, "\r{:<{}}\r", "", shown_columns_);
        std::fflush(stderr);
        shown_columns_ = 0;
    }
}

std::string file_line(const FileReport& report) {
    const std::string time = report.outcome == Outcome::present
                                 ? std::string()
                                 : " in " + format_duration(report.duration);
    return fmt::format("{}: {}, {}{}, SHA-256 {}", report.file.name, word_for(report.outcome),
                       format_bytes(report.file.size_bytes), time, report.file.sha256);
}

SafeText end_text(const train::PublicationKind& kind, const train::Publication& publication,
                  const std::filesystem::path& folder) {
    SafeText text = SafeText::format("{} is in {}, license {}\n", publication.name, folder,
                                     publication.license);
    if (kind.key == train::model_kind.key) {
        const std::filesystem::path file = folder / publication.files.front().name;
        text += SafeText::format("next: trilby inspect {}\n", shell_word(file.string()));
    }
    return text;
}

json::object to_json(const train::PublicationKind& kind, const train::Publication& publication,
                     const std::filesystem::path& folder, const std::vector<FileReport>& reports) {
    json::array files;
    for (const FileReport& report : reports) {
        files.push_back(json::object{
            {"name", report.file.name},
            {"outcome", word_for(report.outcome)},
            {"bytes", report.file.size_bytes},
            {"sha256", report.file.sha256},
            {"seconds", report.duration.count()},
        });
    }
    return {{kind.key, publication.name},
            {"licence", publication.license},
            {"folder", folder.string()},
            {"files", std::move(files)}};
}

}  // namespace trilby::fetch
