// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/elf.hpp"

#include <algorithm>

#include "binary/bytes.hpp"

namespace trilby::binary {
namespace {

constexpr std::size_t longest_header_bytes = 64;
constexpr std::size_t section_bytes = 64;
constexpr std::size_t segment_bytes = 56;
constexpr std::size_t dynamic_bytes = 16;

}  // namespace

std::optional<ElfFile> ElfFile::open(const platform::LargeFile& file) {
    constexpr std::string_view magic_64_bit_little_endian = "\x7f\x45\x4c\x46\x02\x01";
    const auto header = file.read(0, longest_header_bytes);
    if (!header || !header->starts_with(magic_64_bit_little_endian)) {
        return std::nullopt;
    }
    ElfFile elf(file);
    elf.section_table_ = number_at<std::uint64_t>(*header, 40);
    elf.section_count_ = number_at<std::uint16_t>(*header, 60);
    elf.section_of_names_ = number_at<std::uint16_t>(*header, 62);
    const bool has_usual_sections =
        elf.section_count_ == 0 || number_at<std::uint16_t>(*header, 58) == section_bytes;
    return has_usual_sections && elf.read_segments(*header) ? std::optional(elf) : std::nullopt;
}

bool ElfFile::read_segments(std::string_view header) {
    constexpr std::uint32_t type_load = 1;
    constexpr std::uint32_t type_dynamic = 2;
    constexpr std::uint16_t count_limit = 256;
    const auto count = number_at<std::uint16_t>(header, 56);
    if (count == 0) {
        return true;
    }
    const auto table =
        file_->read(number_at<std::uint64_t>(header, 32), std::size_t{count} * segment_bytes);
    if (!table || count > count_limit || number_at<std::uint16_t>(header, 54) != segment_bytes) {
        return false;
    }
    Segment dynamic;
    for (std::size_t at = 0; at < table->size(); at += segment_bytes) {
        const Segment segment{.address = number_at<std::uint64_t>(*table, at + 16),
                              .offset = number_at<std::uint64_t>(*table, at + 8),
                              .size_bytes = number_at<std::uint64_t>(*table, at + 32)};
        const auto type = number_at<std::uint32_t>(*table, at);
        if (type == type_load) {
            loaded_.push_back(segment);
        } else if (type == type_dynamic) {
            dynamic = segment;
        }
    }
    return read_dynamic(dynamic.offset, dynamic.size_bytes);
}

bool ElfFile::read_dynamic(std::uint64_t offset, std::uint64_t size_bytes) {
    constexpr std::uint64_t limit_bytes = 64U << 10;
    const auto table = file_->read(offset, std::min(size_bytes, limit_bytes));
    if (!table) {
        return false;
    }
    for (std::size_t at = 0; at + dynamic_bytes <= table->size(); at += dynamic_bytes) {
        const auto tag = number_at<std::uint64_t>(*table, at);
        if (tag == 0) {
            break;
        }
        dynamic_.push_back({tag, number_at<std::uint64_t>(*table, at + 8)});
    }
    return true;
}

std::optional<std::vector<ElfSection>> ElfFile::sections() const {
    constexpr std::uint32_t type_without_bytes = 8;
    constexpr std::uint64_t names_limit_bytes = 1U << 20;
    std::vector<ElfSection> found;
    if (section_count_ == 0) {
        return found;
    }
    const auto table = file_->read(section_table_, section_count_ * section_bytes);
    if (!table || section_of_names_ >= section_count_) {
        return std::nullopt;
    }
    const std::size_t of_names = section_of_names_ * section_bytes;
    const auto names =
        file_->read(number_at<std::uint64_t>(*table, of_names + 24),
                    std::min(number_at<std::uint64_t>(*table, of_names + 32), names_limit_bytes));
    if (!names) {
        return std::nullopt;
    }
    for (std::size_t at = 0; at < table->size(); at += section_bytes) {
        auto name = string_at(*names, number_at<std::uint32_t>(*table, at));
        if (name && number_at<std::uint32_t>(*table, at + 4) != type_without_bytes) {
            found.push_back({std::move(*name), number_at<std::uint64_t>(*table, at + 24),
                             number_at<std::uint64_t>(*table, at + 32)});
        }
    }
    return found;
}

}  // namespace trilby::binary
