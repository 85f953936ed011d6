// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// One file whose size and SHA-256 are known beforehand: it appears under its name once it is
/// whole and right, and not before.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "fetch/transfer.hpp"
#include "platform/interrupt.hpp"
#include "train/dataset_catalog.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

enum class Outcome : std::uint8_t {
    fetched,  ///< from its first byte
    resumed,  ///< from where an earlier attempt had ended
    present,  ///< it was there, and right
};

struct FileReport {
    train::DatasetFile file;
    Outcome outcome = Outcome::fetched;
    std::chrono::duration<double> duration{};
};

struct DownloadOptions {
    TransferLimits limits;
    int retries = 3;                             ///< after errors that may pass
    std::chrono::milliseconds first_pause{500};  ///< before a retry; each further one is doubled
    platform::InterruptWatch* interrupts = nullptr;
    /// Told how much of a file has come.
    std::function<void(const train::DatasetFile&, std::uint64_t bytes)> on_progress;
};

/// Brings `file` from `url` into `folder`. ErrorCode::bad_data: the server has another file;
/// nothing is kept. ErrorCode::cannot_create: another file of that name is there; it is not
/// touched. After any other error what has come is kept as NAME.part, and continued next time.
[[nodiscard]] Result<FileReport> download(const train::DatasetFile& file, const std::string& url,
                                          const std::filesystem::path& folder,
                                          const DownloadOptions& options);

}  // namespace trilby::fetch
