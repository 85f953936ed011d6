// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the parts of 64-bit little-endian ELF files that Trilby needs.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/large_file.hpp"

namespace trilby::binary {

struct ElfSection {
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t size_bytes = 0;
};

/// The file's entries for the dynamic loader.
struct ElfDependencies {
    std::string soname;               ///< empty if it has none
    std::vector<std::string> needed;  ///< sonames of other libraries
    std::string search_path;          ///< RUNPATH or else RPATH; $ORIGIN is not replaced
};

/// All functions return nothing if the file is truncated or malformed.
class ElfFile {
  public:
    /// `file` must outlive the result.
    [[nodiscard]] static std::optional<ElfFile> open(const platform::LargeFile& file);

    [[nodiscard]] std::optional<std::vector<ElfSection>> sections() const;
    [[nodiscard]] std::optional<ElfDependencies> dependencies() const;
    /// Whether the library exports the symbol; nothing also if it has no GNU hash table.
    [[nodiscard]] std::optional<bool> defines(std::string_view symbol) const;

  private:
    struct Segment {
        std::uint64_t address = 0;
        std::uint64_t offset = 0;
        std::uint64_t size_bytes = 0;
    };
    struct DynamicEntry {
        std::uint64_t tag = 0;
        std::uint64_t value = 0;
    };
    struct HashTable {
        std::uint32_t bucket_count = 0;
        std::uint32_t first_symbol = 0;
        std::uint64_t buckets = 0;
        std::uint64_t hashes = 0;
    };

    explicit ElfFile(const platform::LargeFile& file) : file_(&file) {}
    [[nodiscard]] bool read_segments(std::string_view header);
    [[nodiscard]] bool read_dynamic(std::uint64_t offset, std::uint64_t size_bytes);
    [[nodiscard]] std::optional<std::uint64_t> dynamic_value(std::uint64_t tag) const;
    /// The file offset of the address in entry `tag`.
    [[nodiscard]] std::optional<std::uint64_t> dynamic_offset(std::uint64_t tag) const;
    [[nodiscard]] std::optional<std::string> dynamic_string(std::uint64_t index) const;
    [[nodiscard]] std::optional<HashTable> hash_table() const;
    [[nodiscard]] std::optional<std::uint32_t> word_at(std::uint64_t offset) const;
    [[nodiscard]] bool is_name_of_symbol(std::uint32_t index, std::string_view name) const;

    const platform::LargeFile* file_;
    std::uint64_t section_table_ = 0;
    std::uint16_t section_count_ = 0;
    std::uint16_t section_of_names_ = 0;
    std::vector<Segment> loaded_;
    std::vector<DynamicEntry> dynamic_;
};

}  // namespace trilby::binary
