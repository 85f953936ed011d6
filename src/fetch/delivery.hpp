// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Puts a file of known size and SHA-256 into a folder, wherever it comes from. It gets its name
/// once it is complete and verified.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "fetch/part_file.hpp"
#include "platform/file_descriptor.hpp"
#include "train/publication.hpp"
#include <trilby/result.hpp>

namespace trilby::fetch {

enum class Outcome : std::uint8_t {
    fetched,  ///< from its first byte
    resumed,  ///< after the bytes of an earlier attempt
    copied,   ///< from a file of this machine
    present,  ///< it was there already and is correct
};

struct FileReport {
    train::PublishedFile file;
    Outcome outcome = Outcome::fetched;
    std::chrono::duration<double> duration{};
};

/// Opens for reading, and does not wait for a writer of a pipe.
[[nodiscard]] platform::FileDescriptor open_to_read(const std::filesystem::path& path);

/// How the open file at `path` differs from `file`, such as "it has 3 bytes, expected 4". Empty if
/// it has the size and the SHA-256 of `file`.
[[nodiscard]] Result<std::string> difference(const train::PublishedFile& file, int fd,
                                             const std::filesystem::path& path);

/// Calls `complete`, which fills and publishes the part file, unless the folder has the file
/// already. ErrorCode::cannot_create: another file of that name exists and was not changed.
[[nodiscard]] Result<FileReport> deliver(const train::PublishedFile& file,
                                         const std::filesystem::path& folder,
                                         const std::function<Result<Outcome>(PartFile)>& complete);

}  // namespace trilby::fetch
