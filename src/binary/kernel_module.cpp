// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/kernel_module.hpp"

#include <algorithm>
#include <optional>

#include "binary/bytes.hpp"
#include "binary/elf.hpp"
#include "binary/unpack_file.hpp"

namespace trilby::binary {
namespace {

using platform::LargeFile;

/// The value of KEY=VALUE among strings that end with a zero each.
std::optional<std::string> value_in(std::string_view strings, std::string_view key) {
    std::size_t at = 0;
    while (at < strings.size()) {
        const auto entry = string_at(strings, at);
        if (!entry) {
            return std::nullopt;
        }
        if (entry->starts_with(key)) {
            return entry->substr(key.size());
        }
        at += entry->size() + 1;
    }
    return std::nullopt;
}

std::optional<std::string> license_in(const LargeFile& module) {
    constexpr std::uint64_t limit_bytes = 1U << 20;
    const auto elf = ElfFile::open(module);
    const auto sections = elf ? elf->sections() : std::nullopt;
    if (!sections) {
        return std::nullopt;
    }
    const auto about = std::ranges::find(*sections, ".modinfo", &ElfSection::name);
    if (about == sections->end() || about->size_bytes > limit_bytes) {
        return std::nullopt;
    }
    const auto strings = module.read(about->offset, about->size_bytes);
    return strings ? value_in(*strings, "license=") : std::nullopt;
}

std::optional<std::string> license_of(const LargeFile& file) {
    constexpr std::uint64_t packed_limit_bytes = 128U << 20;
    constexpr std::uint64_t limit_bytes = 256U << 20;
    if (auto license = license_in(file)) {
        return license;
    }
    const auto module =
        file.size_bytes() <= packed_limit_bytes ? unpack_file(file, limit_bytes) : std::nullopt;
    return module ? license_in(*module) : std::nullopt;
}

}  // namespace

Observed<std::string> read_module_license(const platform::FileTree& tree, std::string_view path) {
    return tree.derived("license", path, license_of);
}

}  // namespace trilby::binary
