// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>

#include "platform/file_descriptor.hpp"
#include <trilby/result.hpp>

namespace trilby::platform {

/// All of standard input as a file that can be read from its start more than once.
class StandardInput {
  public:
    /// Reads to the end. ErrorCode::bad_data for more than 4 GiB.
    [[nodiscard]] static Result<StandardInput> read();

    /// Valid as long as this object exists.
    [[nodiscard]] std::filesystem::path path() const;

  private:
    explicit StandardInput(FileDescriptor memory) : memory_(std::move(memory)) {}

    FileDescriptor memory_;
};

}  // namespace trilby::platform
