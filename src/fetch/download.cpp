// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/download.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <utility>

#include "base/try.hpp"
#include "fetch/part_file.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_descriptor.hpp"

namespace trilby::fetch {
namespace {

using Clock = std::chrono::steady_clock;

std::unexpected<Error> wrong_content(const std::string& what) {
    return failure(
        ErrorCode::bad_data, what,
        "try again later: the publisher has replaced the file, or it was altered on the way; "
        "nothing was kept");
}

std::unexpected<Error> in_the_way(const std::filesystem::path& path, const std::string& how) {
    return failure(
        ErrorCode::cannot_create,
        fmt::format("'{}' exists and is not the publisher's file: {}", path.string(), how),
        "move it away, or fetch into another folder with --data; it was not changed");
}

/// Whether the file exists at `path`; an error for another file.
Result<bool> is_present(const train::DatasetFile& file, const std::filesystem::path& path) {
    const platform::FileDescriptor found(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!found && errno == ENOENT) {
        return false;
    }
    struct stat info {};
    if (!found || ::fstat(found.get(), &info) != 0) {
        return std::unexpected(platform::system_error(errno, "read", path));
    }
    if (!S_ISREG(info.st_mode)) {
        return in_the_way(path, "it is not a regular file");
    }
    if (const auto size_bytes = static_cast<std::uint64_t>(info.st_size);
        size_bytes != file.size_bytes) {
        return in_the_way(path, fmt::format("it has {} bytes, expected {}", size_bytes,  //
                                            file.size_bytes));
    }
    TRILBY_TRY(sha256, sha256_of(found.get(), path));
    if (sha256 != file.sha256) {
        return in_the_way(path, fmt::format("its SHA-256 is {}, expected {}", sha256, file.sha256));
    }
    return true;
}

/// The download of one file.
class Download {
  public:
    Download(const train::DatasetFile& file, const std::string& url, PartFile part,
             const DownloadOptions& options)
        : file_(file),
          url_(url),
          part_(std::move(part)),
          options_(options),
          is_resumed_(part_.size_bytes() > 0) {}

    Result<Outcome> run();

  private:
    Result<void> complete();
    Result<void> receive();
    Result<void> remedy(const TransferFailure& failed);
    Result<void> start_over();
    Result<void> append(std::span<const std::byte> bytes);
    Result<void> verify() const;
    Result<void> pause();
    [[nodiscard]] bool is_cancelled() const {
        return options_.interrupts != nullptr && options_.interrupts->count() > 0;
    }

    const train::DatasetFile& file_;
    const std::string& url_;
    PartFile part_;
    const DownloadOptions& options_;
    bool is_resumed_;
    int retries_ = 0;
};

Result<Outcome> Download::run() {
    auto completed = complete();
    if (!completed && completed.error().code == ErrorCode::bad_data && is_resumed_) {
        // The bytes of an earlier attempt may be the wrong ones.
        TRILBY_CHECK(start_over());
        completed = complete();
    }
    if (!completed) {
        if (completed.error().code == ErrorCode::bad_data) {
            TRILBY_CHECK(part_.clear());
        }
        return std::unexpected(completed.error());
    }
    TRILBY_CHECK(part_.publish());
    return is_resumed_ ? Outcome::resumed : Outcome::fetched;
}

Result<void> Download::complete() {
    TRILBY_CHECK(receive());
    return verify();
}

Result<void> Download::receive() {
    while (part_.size_bytes() < file_.size_bytes) {
        const auto ended = fetch::run({
            .url = url_,
            .offset_bytes = part_.size_bytes(),
            .limits = options_.limits,
            .on_bytes = [this](std::span<const std::byte> bytes) { return append(bytes); },
            .is_cancelled = [this] { return is_cancelled(); },
        });
        if (ended) {
            return {};
        }
        TRILBY_CHECK(remedy(ended.error()));
    }
    return {};
}

/// Prepares another transfer, or returns the error if none would help.
Result<void> Download::remedy(const TransferFailure& failed) {
    if (failed.remedy == Remedy::start_over) {
        return start_over();
    }
    if (failed.remedy == Remedy::retry && retries_ < options_.retries) {
        return pause();
    }
    return std::unexpected(failed.error);
}

Result<void> Download::start_over() {
    is_resumed_ = false;
    return part_.clear();
}

Result<void> Download::append(std::span<const std::byte> bytes) {
    if (bytes.size() > file_.size_bytes - part_.size_bytes()) {
        return wrong_content(
            fmt::format("{} is longer than the expected {} bytes", url_, file_.size_bytes));
    }
    TRILBY_CHECK(part_.append(bytes));
    if (options_.on_progress) {
        options_.on_progress(file_, part_.size_bytes());
    }
    return {};
}

Result<void> Download::verify() const {
    if (part_.size_bytes() != file_.size_bytes) {
        return wrong_content(fmt::format("{} has {} bytes, expected {}", url_, part_.size_bytes(),
                                         file_.size_bytes));
    }
    TRILBY_TRY(sha256, part_.sha256());
    if (sha256 != file_.sha256) {
        return wrong_content(
            fmt::format("{} has the SHA-256 {}, expected {}", url_, sha256, file_.sha256));
    }
    return {};
}

Result<void> Download::pause() {
    const auto length = options_.first_pause * (1 << retries_++);
    // poll() ignores a negative descriptor and just waits.
    pollfd interrupted{options_.interrupts != nullptr ? options_.interrupts->fd() : -1, POLLIN, 0};
    ::poll(&interrupted, 1, static_cast<int>(length.count()));
    if (is_cancelled()) {
        return failure(ErrorCode::interrupted, "interrupted");
    }
    return {};
}

}  // namespace

Result<FileReport> download(const train::DatasetFile& file, const std::string& url,
                            const std::filesystem::path& folder, const DownloadOptions& options) {
    const Clock::time_point start = Clock::now();
    const std::filesystem::path target = folder / file.name;
    TRILBY_TRY(was_present, is_present(file, target));
    if (was_present) {
        return FileReport{file, Outcome::present, Clock::now() - start};
    }
    TRILBY_TRY(part, PartFile::open(target));
    // Another process may have finished the file before we got the lock.
    TRILBY_TRY(is_present_now, is_present(file, target));
    if (is_present_now) {
        return FileReport{file, Outcome::present, Clock::now() - start};
    }
    TRILBY_TRY(outcome, Download(file, url, std::move(part), options).run());
    return FileReport{file, outcome, Clock::now() - start};
}

}  // namespace trilby::fetch
