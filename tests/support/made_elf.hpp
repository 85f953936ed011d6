// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Small synthetic ELF libraries. The layout is that of a linker, except that the section table
/// comes early, so that truncating the file truncates the contents of the sections.

#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace trilby::testing {

template <std::unsigned_integral T>
std::string little_endian(T value) {
    std::string bytes;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        bytes += static_cast<char>((value >> (8 * i)) & 0xffU);
    }
    return bytes;
}
inline std::string u16(std::uint16_t value) {
    return little_endian(value);
}
inline std::string u32(std::uint32_t value) {
    return little_endian(value);
}
inline std::string u64(std::uint64_t value) {
    return little_endian(value);
}

struct MadeElf {
    std::string soname{};
    std::vector<std::string> needed{};
    std::string rpath{};
    std::string runpath{};
    std::vector<std::string> symbols{};
    std::vector<std::pair<std::string, std::string>> sections{};  ///< name and content

    [[nodiscard]] std::string bytes() const;

  private:
    static constexpr std::uint64_t load_address = 0x10000;
    static constexpr std::uint64_t section_table_offset = 64 + 2 * 56;

    [[nodiscard]] std::string header() const;
    [[nodiscard]] static std::string segment(std::uint32_t type, std::uint64_t offset,
                                             std::uint64_t size);
    [[nodiscard]] std::string section_table(std::uint64_t names_offset, const std::string& names,
                                            std::uint64_t content_offset) const;
};

namespace made_elf {

/// A string table. add() returns the offset of the string.
class Strings {
  public:
    std::uint32_t add(const std::string& text) {
        const auto at = static_cast<std::uint32_t>(bytes.size());
        bytes += text + '\0';
        return at;
    }
    std::string bytes = std::string(1, '\0');
};

inline std::uint32_t gnu_hash(const std::string& name) {
    std::uint32_t hash = 5381;
    for (const char c : name) {
        hash = hash * 33 + static_cast<unsigned char>(c);
    }
    return hash;
}

/// A symbol table and its GNU hash table with a single bucket. The first symbol is the null symbol.
struct Symbols {
    std::string table = std::string(24, '\0');
    std::string hash;

    Symbols(const std::vector<std::string>& names, Strings& strings) {
        hash = u32(1) + u32(1) + u32(1) + u32(6) + u64(~0ULL) + u32(names.empty() ? 0 : 1);
        for (const std::string& name : names) {
            table += u32(strings.add(name)) + u16(0x12) + u16(1) + u64(0x1000) + u64(8);
            const bool is_last = &name == &names.back();
            hash += u32((gnu_hash(name) & ~1U) | (is_last ? 1U : 0U));
        }
    }
};

}  // namespace made_elf

inline std::string MadeElf::section_table(std::uint64_t names_offset, const std::string& names,
                                          std::uint64_t content_offset) const {
    const auto header = [](std::size_t name, std::uint32_t type, std::uint64_t offset,
                           std::uint64_t size) {
        return u32(static_cast<std::uint32_t>(name)) + u32(type) + u64(2) + u64(0) + u64(offset) +
               u64(size) + u32(0) + u32(0) + u64(8) + u64(0);
    };
    std::string table =
        std::string(64, '\0') + header(names.find(".shstrtab"), 3, names_offset, names.size());
    for (const auto& [name, content] : sections) {
        table += header(names.find(name), 1, content_offset, content.size());
        content_offset += content.size();
    }
    return table;
}

inline std::string MadeElf::header() const {
    return std::string("\x7f\x45\x4c\x46\x02\x01\x01", 7) + std::string(9, '\0') + u16(3) +
           u16(62) + u32(1) + u64(0) + u64(64) + u64(section_table_offset) + u32(0) + u16(64) +
           u16(56) + u16(2) + u16(64) + u16(static_cast<std::uint16_t>(2 + sections.size())) +
           u16(1);
}

inline std::string MadeElf::segment(std::uint32_t type, std::uint64_t offset, std::uint64_t size) {
    const std::uint64_t address = load_address + offset;
    return u32(type) + u32(4) + u64(offset) + u64(address) + u64(address) + u64(size) + u64(size) +
           u64(8);
}

inline std::string MadeElf::bytes() const {
    made_elf::Strings names;
    names.add(".shstrtab");
    for (const auto& section : sections) {
        names.add(section.first);
    }
    made_elf::Strings strings;
    std::string dynamic;
    for (const std::string& name : needed) {
        dynamic += u64(1) + u64(strings.add(name));
    }
    for (const auto& [tag, text] : {std::pair{14U, &soname}, {15U, &rpath}, {29U, &runpath}}) {
        dynamic += text->empty() ? "" : u64(tag) + u64(strings.add(*text));
    }
    const made_elf::Symbols symbol_tables(symbols, strings);
    const std::uint64_t names_offset = section_table_offset + (2 + sections.size()) * 64;
    const std::uint64_t strings_offset = names_offset + names.bytes.size();
    const std::uint64_t symbols_offset = strings_offset + strings.bytes.size();
    const std::uint64_t hash_offset = symbols_offset + symbol_tables.table.size();
    const std::uint64_t dynamic_offset = hash_offset + symbol_tables.hash.size();
    dynamic += u64(5) + u64(load_address + strings_offset) + u64(6) +
               u64(load_address + symbols_offset) + u64(10) + u64(strings.bytes.size()) +
               u64(0x6ffffef5) + u64(load_address + hash_offset) + u64(0) + u64(0);
    const std::uint64_t content_offset = dynamic_offset + dynamic.size();
    std::string out = header() + segment(1, 0, content_offset) +
                      segment(2, dynamic_offset, dynamic.size()) +
                      section_table(names_offset, names.bytes, content_offset) + names.bytes +
                      strings.bytes + symbol_tables.table + symbol_tables.hash + dynamic;
    for (const auto& section : sections) {
        out += section.second;
    }
    return out;
}

}  // namespace trilby::testing
