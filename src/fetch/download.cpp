// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "fetch/download.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <utility>

#include "base/try.hpp"

namespace trilby::fetch {
namespace {

std::unexpected<Error> wrong_content(const std::string& what) {
    return failure(
        ErrorCode::bad_data, what,
        "try again later: the publisher has replaced the file, or it was altered on the way; "
        "nothing was kept");
}

/// The download of one file.
class Download {
  public:
    Download(const train::PublishedFile& file, const std::string& url, PartFile part,
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

    const train::PublishedFile& file_;
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
            .is_cancelled = [this] { return options_.is_cancelled(); },
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
    options_.show_progress(file_, part_.size_bytes());
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
    if (options_.is_cancelled()) {
        return failure(ErrorCode::interrupted, "interrupted");
    }
    return {};
}

}  // namespace

Result<FileReport> download(const train::PublishedFile& file, const std::string& url,
                            const std::filesystem::path& folder, const DownloadOptions& options) {
    return deliver(file, folder, [&](PartFile part) {
        return Download(file, url, std::move(part), options).run();
    });
}

}  // namespace trilby::fetch
