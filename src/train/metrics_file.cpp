// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

#include "base/json.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_descriptor.hpp"
#include "train/events.hpp"
#include "train/metrics_reader.hpp"
#include "train/run_files.hpp"

namespace trilby::train {
namespace {

/// The line as add() has written it for the same epoch. There, the numbers had been read from JSON
/// once, which may change the last digit.
Result<std::string> as_added(const std::string& line) {
    TRILBY_TRY(metrics, json::parse_object(line, "the checkpoint's history"));
    return json::serialize(metrics);
}

}  // namespace

Result<std::size_t> MetricsFile::count() const {
    TRILBY_TRY(lines, read());
    return lines.size();
}

/// The first line of a process replaces the file, which may be damaged or ahead.
Result<void> MetricsFile::add(std::int64_t epoch, const std::string& line) {
    if (last_epoch_ == 0 || epoch <= last_epoch_ || !has_entry(path_)) {
        TRILBY_TRY(lines, read());
        lines.erase(lines.lower_bound(epoch), lines.end());
        lines[epoch] = line;
        TRILBY_CHECK(replace(lines));
    } else {
        TRILBY_CHECK(append(line));
    }
    last_epoch_ = epoch;
    return {};
}

Result<void> MetricsFile::restore(const std::vector<std::string>& last_lines) {
    if (last_lines.empty()) {
        return {};
    }
    TRILBY_TRY(lines, read());
    const auto last = epoch_of_line(last_lines.back());
    lines.erase(lines.upper_bound(last.value_or(0)), lines.end());
    for (const std::string& line : last_lines) {
        const auto epoch = epoch_of_line(line);
        if (!epoch || line.find('\n') != std::string::npos) {
            return failure(ErrorCode::bad_data, "the checkpoint's history is damaged",
                           "restart the run, or resume from a copy");
        }
        TRILBY_TRY(added, as_added(line));
        lines.try_emplace(*epoch, std::move(added));
    }
    return replace(lines);
}

Result<MetricsFile::Lines> MetricsFile::read() const {
    Lines lines;
    TRILBY_CHECK(MetricsReader(path_).read_new_lines([&](std::string_view line) {
        if (const auto epoch = epoch_of_line(line)) {
            lines[*epoch] = line;
        }
        return true;
    }));
    return lines;
}

Result<void> MetricsFile::replace(const Lines& lines) const {
    std::string text;
    for (const auto& [epoch, line] : lines) {
        text += line + "\n";
    }
    return platform::write_file_atomically(path_, text);
}

Result<void> MetricsFile::append(const std::string& line) const {
    const platform::FileDescriptor file(
        ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const off_t size = file ? ::lseek(file.get(), 0, SEEK_END) : -1;
    if (size < 0) {
        return std::unexpected(platform::system_error(errno, "open", path_));
    }
    auto written = platform::write_all(file.get(), line + "\n", path_);
    if (written && ::fdatasync(file.get()) != 0) {
        written = std::unexpected(platform::system_error(errno, "sync", path_));
    }
    if (!written) {
        [[maybe_unused]] const int ignored =
            ::ftruncate(file.get(), size);  // readers skip half a line
    }
    return written;
}

}  // namespace trilby::train
