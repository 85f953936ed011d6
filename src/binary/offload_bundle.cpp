// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/offload_bundle.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "binary/bytes.hpp"
#include "binary/unpack.hpp"

namespace trilby::binary {
namespace {

constexpr std::uint64_t start_bytes = 16U << 10;  ///< larger than the list of any bundle

struct Bundle {
    std::vector<std::string> targets;
    std::uint64_t size_bytes = 0;  ///< 0 if unknown
};

bool is_target_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '+' || c == ':';
}

/// "gfx90a:xnack-" for "hipv4-amdgcn-amd-amdhsa--gfx90a:xnack-"; empty for the entry of the host,
/// which has no code, and for entries of languages other than HIP.
std::string_view target_of_id(std::string_view id) {
    const std::size_t dashes = id.rfind("--");
    const std::string_view target = dashes == std::string_view::npos ? "" : id.substr(dashes + 2);
    const bool is_target = id.starts_with("hip") && target.starts_with("gfx") &&
                           std::ranges::all_of(target, is_target_character);
    return is_target ? target : "";
}

/// Parses the list at the start of a bundle: the number of code objects, then the offset, size and
/// identifier of each.
std::optional<Bundle> parse_plain(std::string_view start) {
    constexpr std::string_view magic = "__CLANG_OFFLOAD_BUNDLE__";
    constexpr std::uint64_t count_limit = 256;
    constexpr std::uint64_t identifier_limit = 256;
    constexpr std::size_t numbers_bytes = 24;
    std::size_t at = magic.size() + sizeof(std::uint64_t);
    if (!start.starts_with(magic) || start.size() < at) {
        return std::nullopt;
    }
    Bundle bundle;
    const auto count = number_at<std::uint64_t>(start, magic.size());
    for (std::uint64_t i = 0; i < std::min(count, count_limit); ++i) {
        if (start.size() - at < numbers_bytes) {
            return std::nullopt;
        }
        const auto offset = number_at<std::uint64_t>(start, at);
        const auto size = number_at<std::uint64_t>(start, at + 8);
        const auto length = number_at<std::uint64_t>(start, at + 16);
        at += numbers_bytes;
        if (length > identifier_limit || start.size() - at < length || offset + size < offset) {
            return std::nullopt;
        }
        if (const auto target = target_of_id(start.substr(at, length)); !target.empty()) {
            bundle.targets.emplace_back(target);
        }
        bundle.size_bytes = std::max(bundle.size_bytes, offset + size);
        at += length;
    }
    return bundle;
}

/// The size of the header and of its field for the total size, in versions 1 to 3.
struct PackedHeader {
    std::size_t header_bytes = 0;
    std::size_t size_width = 0;
};
constexpr std::array packed_headers{PackedHeader{20, 0}, PackedHeader{24, 4}, PackedHeader{32, 8}};

std::uint64_t size_in_header(std::string_view start, const PackedHeader& layout) {
    constexpr std::size_t offset = 8;
    return layout.size_width == 8   ? number_at<std::uint64_t>(start, offset)
           : layout.size_width == 4 ? number_at<std::uint32_t>(start, offset)
                                    : 0;
}

/// Parses the header of a compressed bundle: version and method, then sizes and a checksum.
std::optional<Bundle> parse_packed(std::string_view start) {
    constexpr std::uint16_t method_zlib = 0;
    constexpr std::uint16_t method_zstd = 1;
    if (!start.starts_with("CCOB") || start.size() < packed_headers.back().header_bytes) {
        return std::nullopt;
    }
    const auto version = number_at<std::uint16_t>(start, 4);
    const auto method = number_at<std::uint16_t>(start, 6);
    if (version < 1 || version > packed_headers.size() || method > method_zstd) {
        return std::nullopt;
    }
    const PackedHeader& layout = packed_headers[version - 1U];
    const std::uint64_t size_bytes = size_in_header(start, layout);
    const std::string_view packed = start.substr(layout.header_bytes);
    auto bundle = parse_plain(method == method_zlib ? inflate_start(packed, start_bytes)
                                                    : unzstd_start(packed, start_bytes));
    if (bundle) {
        bundle->size_bytes = size_bytes;
    }
    return bundle;
}

std::optional<Bundle> bundle_at(const platform::LargeFile& file, std::uint64_t begin,
                                std::uint64_t end) {
    // Zstandard returns whole blocks, which have at most 128 KiB.
    constexpr std::uint64_t packed_start_bytes = (128U << 10) + 4096;
    const auto start = file.read(begin, std::min(end - begin, start_bytes));
    if (!start) {
        return std::nullopt;
    }
    if (auto bundle = parse_plain(*start)) {
        return bundle;
    }
    const auto more = start->starts_with("CCOB")
                          ? file.read(begin, std::min(end - begin, packed_start_bytes))
                          : std::nullopt;
    return more ? parse_packed(*more) : std::nullopt;
}

}  // namespace

std::vector<std::string> offload_bundle_targets(const platform::LargeFile& file,
                                                const ElfSection& section) {
    // Unpacking a bundle takes as long as the rest of the probe, and all have the same targets.
    constexpr int bundle_limit = 4;
    constexpr std::uint64_t alignment = 4096;
    std::vector<std::string> targets;
    if (section.offset > file.size_bytes()) {
        return targets;
    }
    const std::uint64_t size = std::min(section.size_bytes, file.size_bytes() - section.offset);
    std::uint64_t at = 0;
    for (int i = 0; i < bundle_limit && at < size; ++i) {
        const auto bundle = bundle_at(file, section.offset + at, section.offset + size);
        if (!bundle || bundle->size_bytes > size - at) {
            break;
        }
        targets.insert(targets.end(), bundle->targets.begin(), bundle->targets.end());
        if (bundle->size_bytes == 0) {
            break;
        }
        at += (bundle->size_bytes + alignment - 1) / alignment * alignment;
    }
    return targets;
}

}  // namespace trilby::binary
