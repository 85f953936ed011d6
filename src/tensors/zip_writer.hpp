// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include <trilby/result.hpp>

namespace trilby::tensors {

/// The caller owns the bytes.
struct ArchiveEntry {
    std::string name;  ///< with the folder that all entries are in
    std::span<const std::byte> bytes;
};

/// Writes a zip file as PyTorch does: entries as they are, each from a multiple of 64 bytes on.
/// After any failure, a file that was there before is untouched. The same entries give the same
/// bytes.
[[nodiscard]] Result<void> write_archive(const std::filesystem::path& path,
                                         std::span<const ArchiveEntry> entries);

}  // namespace trilby::tensors
