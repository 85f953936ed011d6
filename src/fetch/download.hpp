// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Downloads one file of known size and SHA-256. It gets its name once it is complete and verified.

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
    resumed,  ///< after the bytes of an earlier attempt
    present,  ///< it was there already and is correct
};

struct FileReport {
    train::DatasetFile file;
    Outcome outcome = Outcome::fetched;
    std::chrono::duration<double> duration{};
};

struct DownloadOptions {
    TransferLimits limits;
    int retries = 3;                             ///< after temporary errors
    std::chrono::milliseconds first_pause{500};  ///< before the first retry, then doubled
    platform::InterruptWatch* interrupts = nullptr;
    /// Receives the number of bytes so far.
    std::function<void(const train::DatasetFile&, std::uint64_t bytes)> on_progress;
};

/// Downloads `file` from `url` to `folder`. ErrorCode::bad_data: the server has another file;
/// nothing is kept. ErrorCode::cannot_create: another file of that name exists and was not changed.
/// After any other error the received bytes are kept as NAME.part, and the next call resumes.
[[nodiscard]] Result<FileReport> download(const train::DatasetFile& file, const std::string& url,
                                          const std::filesystem::path& folder,
                                          const DownloadOptions& options);

}  // namespace trilby::fetch
