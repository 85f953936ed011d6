// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The zip files of PyTorch: uncompressed entries in one folder. They are hostile until shown
/// otherwise, so every byte that is read is compared with its checksum.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::tensors {

class ZipArchive {
  public:
    struct Entry {
        std::string name;  ///< without the folder that all entries are in
        std::uint64_t size_bytes = 0;
        std::uint64_t index = 0;  ///< in the file
    };

    /// ErrorCode::no_input for a file that cannot be opened, and bad_data for one that is no such
    /// archive: with compressed or encrypted entries, without the common folder, with a name that
    /// occurs twice, or with more bytes in its entries than the file has.
    [[nodiscard]] static Result<ZipArchive> open(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] std::uint64_t size_bytes() const;
    /// Sorted by name.
    [[nodiscard]] const std::vector<Entry>& entries() const;
    /// Null if there is none of that name.
    [[nodiscard]] const Entry* find(std::string_view name) const;

    /// The whole entry, which must be as large as `into`. ErrorCode::bad_data if its checksum is
    /// wrong, and io if it cannot be read.
    [[nodiscard]] Result<void> read(const Entry& entry, std::span<std::byte> into) const;
    /// ErrorCode::bad_data if there is no such entry or if it has more than `limit_bytes`.
    [[nodiscard]] Result<std::string> read_text(std::string_view name,
                                                std::uint64_t limit_bytes) const;

  private:
    struct Content;
    explicit ZipArchive(std::shared_ptr<const Content> content) : content_(std::move(content)) {}

    std::shared_ptr<const Content> content_;
};

}  // namespace trilby::tensors
