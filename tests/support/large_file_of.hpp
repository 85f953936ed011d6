// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// An in-memory file, for code that reads large files in parts.

#pragma once

#include <stdexcept>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "platform/large_file.hpp"

namespace trilby::testing {

inline platform::LargeFile large_file_of(std::string_view bytes) {
    platform::FileDescriptor file(::memfd_create("made", 0));
    if (!file ||
        ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
        throw std::runtime_error("cannot create a file in memory");
    }
    return platform::LargeFile(std::move(file));
}

}  // namespace trilby::testing
