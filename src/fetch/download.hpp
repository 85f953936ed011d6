// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Downloads one file.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "fetch/delivery.hpp"
#include "fetch/transfer.hpp"
#include "platform/interrupt.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

struct DownloadOptions {
    TransferLimits limits;
    int retries = 3;                             ///< after temporary errors
    std::chrono::milliseconds first_pause{500};  ///< before the first retry, then doubled
    platform::InterruptWatch* interrupts = nullptr;
    /// Receives the number of bytes so far.
    std::function<void(const train::PublishedFile&, std::uint64_t bytes)> on_progress;

    [[nodiscard]] bool is_cancelled() const {
        return interrupts != nullptr && interrupts->count() > 0;
    }
    void show_progress(const train::PublishedFile& file, std::uint64_t bytes) const {
        if (on_progress) {
            on_progress(file, bytes);
        }
    }
};

/// Downloads `file` from `url` to `folder`. ErrorCode::bad_data: the server has another file;
/// nothing is kept. ErrorCode::cannot_create: another file of that name exists and was not changed.
/// After any other error the received bytes are kept as NAME.part, and the next call resumes.
[[nodiscard]] Result<FileReport> download(const train::PublishedFile& file, const std::string& url,
                                          const std::filesystem::path& folder,
                                          const DownloadOptions& options);

}  // namespace trilby::fetch
