// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Files for data that memory does not hold. They have no name, so that nothing is left of them
/// when the processes that use them end.

#pragma once

#include <cstdint>
#include <filesystem>
#include <new>
#include <utility>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// Memory or disk space that an allocator did not get.
class NoSpace : public std::bad_alloc {
  public:
    explicit NoSpace(Error error) : error_(std::move(error)) {}

    [[nodiscard]] const Error& error() const { return error_; }

  private:
    Error error_;
};

/// $TMPDIR, or /var/tmp, which is on a disk where /tmp is in memory.
[[nodiscard]] std::filesystem::path scratch_folder();

/// Opens a new file whose space on the disk is reserved: writing to it cannot fail for lack of
/// space. ErrorCode::io if the folder is in memory, cannot be written to, or lacks space; `why`
/// says in an error what needs the space.
[[nodiscard]] Result<FileDescriptor> create_scratch_file(const std::filesystem::path& folder,
                                                         std::uint64_t bytes, const char* why);

/// Opens the file again, for reading only.
[[nodiscard]] Result<FileDescriptor> reopen_to_read(const FileDescriptor& file);

}  // namespace trilby::platform
