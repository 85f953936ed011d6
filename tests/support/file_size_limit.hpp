// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Stands in for a full disk.

#pragma once

#include <csignal>
#include <sys/resource.h>

namespace trilby::testing {

/// While it exists, this process cannot make a file larger than this.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t size_bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{size_bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

  private:
    rlimit before_{};
};

}  // namespace trilby::testing
