// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// A lock that ends with the processes that hold it, however they end. It is a lock of an open file
/// description (fcntl(2)), because flock(2) cannot be tested without being taken.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// Whether `path` is the open file. Ask after locking it: its last owner may have renamed or
/// removed it between our open() and the lock.
[[nodiscard]] bool is_still_at(const FileDescriptor& file, const std::filesystem::path& path);

/// Waits a moment for the children of a process that has ended. Returns false to give up.
using WaitForChildren = std::function<bool(std::int64_t process)>;

class FileLock {
  public:
    /// Locks the file, which is created if it does not exist and stays. A file that another process
    /// has locked is ErrorCode::cannot_create, with the number of that process. The holder may
    /// remove the file. On a file system without locks, succeeds without one.
    /// If the process that locked it has ended, and its children have the lock, calls `wait`
    /// before each new attempt.
    [[nodiscard]] static Result<FileLock> take(const std::filesystem::path& path,
                                               const WaitForChildren& wait = {});

    /// Whether somebody holds the lock. It is not taken, so nobody is disturbed. False for a file
    /// that does not exist or cannot be read.
    [[nodiscard]] static bool is_held(const std::filesystem::path& path);

    /// A child that inherits it holds the lock as well.
    [[nodiscard]] int fd() const { return file_.get(); }

  private:
    explicit FileLock(FileDescriptor file) : file_(std::move(file)) {}

    FileDescriptor file_;
};

}  // namespace trilby::platform
