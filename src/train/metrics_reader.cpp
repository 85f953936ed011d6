// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/metrics_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <ranges>
#include <sys/stat.h>

#include "base/read_json.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "train/describe.hpp"

namespace trilby::train {
namespace {

constexpr std::uint64_t block_bytes = 64U << 10;
/// No run writes a longer line.
constexpr std::size_t line_limit_bytes = 32U << 10;

std::unexpected<Error> unreadable(const std::filesystem::path& path) {
    return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read", path.string()),
                   "check that it is a regular file");
}

/// Nothing if the file does not exist.
Result<std::optional<platform::LargeFile>> open_metrics(const std::filesystem::path& path) {
    platform::FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat info {};
    if (!file && errno == ENOENT) {
        return std::nullopt;
    }
    if (!file) {
        return std::unexpected(platform::input_error(errno, path));
    }
    if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
        return unreadable(path);
    }
    return platform::LargeFile(std::move(file), static_cast<std::uint64_t>(info.st_size));
}

/// The file may have been replaced by another one since.
bool is_start_of_line(const platform::LargeFile& file, std::uint64_t offset) {
    return offset == 0 || file.read(offset - 1, 1) == "\n";
}

struct TakenLines {
    std::size_t bytes = 0;
    bool may_go_on = true;
};

/// Takes the whole lines at the start of `text`, or some of them.
TakenLines take_lines(std::string_view text, const std::function<bool(std::string_view)>& take) {
    TakenLines taken;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos && taken.may_go_on;
         end = text.find('\n', taken.bytes)) {
        const std::string_view line = text.substr(taken.bytes, end - taken.bytes);
        taken.bytes = end + 1;
        taken.may_go_on = take(line);
    }
    return taken;
}

}  // namespace

std::optional<EpochEvent> parse_epoch(std::string_view line) {
    constexpr std::string_view where = "metrics";
    const auto metrics = json::parse_object(line, where);
    if (!metrics) {
        return std::nullopt;
    }
    auto epoch = json::from_json<EpochEvent>(*metrics, where);
    return epoch && epoch->epoch > 0 ? std::optional(std::move(*epoch)) : std::nullopt;
}

Result<std::optional<EpochEvent>> read_last_epoch(const std::filesystem::path& path) {
    TRILBY_TRY(file, open_metrics(path));
    if (!file) {
        return std::nullopt;
    }
    const std::uint64_t size = std::min(file->size_bytes(), block_bytes);
    const auto end = file->read(file->size_bytes() - size, size);
    if (!end) {
        return unreadable(path);
    }
    for (const std::string_view line : split_lines(*end) | std::views::reverse) {
        if (auto epoch = parse_epoch(line)) {
            return epoch;
        }
    }
    return std::nullopt;
}

Result<void> MetricsReader::read_new(const std::function<bool(const EpochEvent&)>& take) {
    return read_new_lines([&](std::string_view line) {
        const auto epoch = parse_epoch(line);
        if (!epoch || epoch->epoch <= last_epoch_) {
            return true;
        }
        last_epoch_ = epoch->epoch;
        return take(*epoch);
    });
}

Result<void> MetricsReader::read_new_lines(const std::function<bool(std::string_view)>& take) {
    TRILBY_TRY(file, open_metrics(file_));
    if (!file) {
        return {};
    }
    if (offset_ > file->size_bytes() || !is_start_of_line(*file, offset_)) {
        offset_ = 0;
    }
    has_half_line_ = false;
    while (offset_ < file->size_bytes()) {
        const std::uint64_t size = std::min(file->size_bytes() - offset_, block_bytes);
        const auto block = file->read(offset_, size);
        if (!block) {
            return unreadable(file_);
        }
        const TakenLines taken = take_lines(*block, take);
        if (taken.bytes == 0 && size < line_limit_bytes) {
            has_half_line_ = true;  // the last line has no end yet
            return {};
        }
        offset_ += taken.bytes == 0 ? size : taken.bytes;
        if (!taken.may_go_on) {
            return {};
        }
    }
    return {};
}

}  // namespace trilby::train
