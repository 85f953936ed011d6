// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>

#include "binary/bytes.hpp"
#include "binary/elf.hpp"

namespace trilby::binary {
namespace {

constexpr std::uint64_t tag_needed = 1;
constexpr std::uint64_t tag_string_table = 5;
constexpr std::uint64_t tag_symbol_table = 6;
constexpr std::uint64_t tag_string_table_bytes = 10;
constexpr std::uint64_t tag_soname = 14;
constexpr std::uint64_t tag_rpath = 15;
constexpr std::uint64_t tag_runpath = 29;
constexpr std::uint64_t tag_gnu_hash = 0x6ffffef5;

std::uint32_t gnu_hash(std::string_view name) {
    std::uint32_t hash = 5381;
    for (const char c : name) {
        hash = hash * 33 + static_cast<unsigned char>(c);
    }
    return hash;
}

}  // namespace

std::optional<std::uint64_t> ElfFile::dynamic_value(std::uint64_t tag) const {
    const auto entry = std::ranges::find(dynamic_, tag, &DynamicEntry::tag);
    return entry == dynamic_.end() ? std::nullopt : std::optional(entry->value);
}

std::optional<std::uint64_t> ElfFile::dynamic_offset(std::uint64_t tag) const {
    const auto address = dynamic_value(tag);
    const auto segment = std::ranges::find_if(loaded_, [&](const Segment& loaded) {
        return address && *address >= loaded.address &&
               *address - loaded.address < loaded.size_bytes;
    });
    return segment == loaded_.end() ? std::nullopt
                                    : std::optional(segment->offset + *address - segment->address);
}

std::optional<std::string> ElfFile::dynamic_string(std::uint64_t index) const {
    constexpr std::uint64_t usual_bytes = 128;  // enough for all strings except search paths
    constexpr std::uint64_t limit_bytes = 4096;
    const auto table = dynamic_offset(tag_string_table);
    const auto table_bytes = dynamic_value(tag_string_table_bytes);
    if (!table || index >= table_bytes.value_or(0)) {
        return std::nullopt;
    }
    for (const std::uint64_t max_bytes : {usual_bytes, limit_bytes}) {
        const auto bytes = file_->read(*table + index, std::min(*table_bytes - index, max_bytes));
        if (auto text = bytes ? string_at(*bytes, 0) : std::nullopt) {
            return text;
        }
    }
    return std::nullopt;
}

std::optional<ElfDependencies> ElfFile::dependencies() const {
    constexpr std::size_t needed_limit = 1024;
    ElfDependencies found;
    for (const DynamicEntry& entry : dynamic_) {
        if (entry.tag != tag_needed && entry.tag != tag_soname && entry.tag != tag_rpath &&
            entry.tag != tag_runpath) {
            continue;
        }
        auto text = dynamic_string(entry.value);
        if (!text || found.needed.size() == needed_limit) {
            return std::nullopt;
        }
        if (entry.tag == tag_needed) {
            found.needed.push_back(std::move(*text));
        } else if (entry.tag == tag_soname) {
            found.soname = std::move(*text);
        } else if (entry.tag == tag_runpath || !dynamic_value(tag_runpath)) {
            found.search_path = std::move(*text);
        }
    }
    return found;
}

bool ElfFile::is_name_of_symbol(std::uint32_t index, std::string_view name) const {
    constexpr std::size_t symbol_bytes = 24;
    const auto table = dynamic_offset(tag_symbol_table);
    const auto symbol =
        table ? file_->read(*table + index * symbol_bytes, symbol_bytes) : std::nullopt;
    return symbol && dynamic_string(number_at<std::uint32_t>(*symbol, 0)) == name;
}

/// The table has four counts, a Bloom filter of 64-bit words, the first symbol of each bucket, and
/// a hash for every symbol from `first_symbol` on.
std::optional<ElfFile::HashTable> ElfFile::hash_table() const {
    const auto offset = dynamic_offset(tag_gnu_hash);
    const auto counts = offset ? file_->read(*offset, 16) : std::nullopt;
    if (!counts || number_at<std::uint32_t>(*counts, 0) == 0) {
        return std::nullopt;
    }
    HashTable table;
    table.bucket_count = number_at<std::uint32_t>(*counts, 0);
    table.first_symbol = number_at<std::uint32_t>(*counts, 4);
    table.buckets = *offset + 16 + number_at<std::uint32_t>(*counts, 8) * 8ULL;
    table.hashes = table.buckets + table.bucket_count * 4ULL;
    return table;
}

std::optional<std::uint32_t> ElfFile::word_at(std::uint64_t offset) const {
    const auto bytes = file_->read(offset, sizeof(std::uint32_t));
    return bytes ? std::optional(number_at<std::uint32_t>(*bytes, 0)) : std::nullopt;
}

std::optional<bool> ElfFile::defines(std::string_view symbol) const {
    constexpr std::uint32_t bucket_limit = 64;
    const std::uint32_t wanted = gnu_hash(symbol);
    const auto table = hash_table();
    const auto first =
        table ? word_at(table->buckets + wanted % table->bucket_count * 4ULL) : std::nullopt;
    if (!first) {
        return std::nullopt;
    }
    if (*first < table->first_symbol) {
        return false;
    }
    for (std::uint32_t index = *first; index - *first < bucket_limit; ++index) {
        const auto hash = word_at(table->hashes + (index - table->first_symbol) * 4ULL);
        if (!hash) {
            return std::nullopt;
        }
        // The lowest bit is not part of the hash: it marks the end of a bucket.
        if ((*hash | 1U) == (wanted | 1U) && is_name_of_symbol(index, symbol)) {
            return true;
        }
        if ((*hash & 1U) != 0) {
            return false;
        }
    }
    return std::nullopt;
}

}  // namespace trilby::binary
