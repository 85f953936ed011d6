// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/fat_binary.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "binary/bytes.hpp"

namespace trilby::binary {
namespace {

/// A range of file offsets.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    [[nodiscard]] std::uint64_t size_bytes() const { return end - begin; }
};

struct Image {
    std::string target;  ///< empty if it is not GPU code
    std::uint64_t size_bytes = 0;
};

/// The images of the container at the start of the range.
std::optional<Range> images_of_container(const platform::LargeFile& file, const Range& range) {
    constexpr std::uint32_t magic = 0xba55ed50;
    constexpr std::size_t header_bytes = 16;
    const auto header =
        range.size_bytes() >= header_bytes ? file.read(range.begin, header_bytes) : std::nullopt;
    if (!header || number_at<std::uint32_t>(*header, 0) != magic) {
        return std::nullopt;
    }
    const auto own_bytes = number_at<std::uint16_t>(*header, 6);
    const auto image_bytes = number_at<std::uint64_t>(*header, 8);
    if (own_bytes < header_bytes || own_bytes > range.size_bytes() ||
        image_bytes > range.size_bytes() - own_bytes) {
        return std::nullopt;
    }
    return Range{range.begin + own_bytes, range.begin + own_bytes + image_bytes};
}

std::string target_of_image(std::string_view header) {
    constexpr std::uint16_t kind_ptx = 1;
    constexpr std::uint16_t kind_machine_code = 2;
    constexpr std::uint64_t flag_this_gpu_only = 1U << 20;
    constexpr std::uint64_t flag_family = 1U << 21;
    const auto kind = number_at<std::uint16_t>(header, 0);
    const auto capability = number_at<std::uint32_t>(header, 28);
    const auto flags = number_at<std::uint64_t>(header, 40);
    if ((kind != kind_ptx && kind != kind_machine_code) || capability < 10 || capability > 999) {
        return "";
    }
    return fmt::format("{}_{}{}", kind == kind_ptx ? "compute" : "sm", capability,
                       (flags & flag_this_gpu_only) != 0 ? "a"
                       : (flags & flag_family) != 0      ? "f"
                                                         : "");
}

std::optional<Image> image_at(const platform::LargeFile& file, const Range& range) {
    constexpr std::size_t min_header_bytes = 48;
    const auto header = range.size_bytes() >= min_header_bytes
                            ? file.read(range.begin, min_header_bytes)
                            : std::nullopt;
    if (!header) {
        return std::nullopt;
    }
    const auto header_bytes = number_at<std::uint32_t>(*header, 4);
    const auto code_bytes = number_at<std::uint64_t>(*header, 8);
    if (header_bytes < min_header_bytes || header_bytes > range.size_bytes() ||
        code_bytes > range.size_bytes() - header_bytes) {
        return std::nullopt;
    }
    return Image{target_of_image(*header), header_bytes + code_bytes};
}

void add(std::vector<std::string>& targets, const std::string& target) {
    if (!target.empty() && std::ranges::find(targets, target) == targets.end()) {
        targets.push_back(target);
    }
}

}  // namespace

std::vector<std::string> fat_binary_targets(const platform::LargeFile& file,
                                            const ElfSection& section) {
    // Each image costs a disk read, and the first containers usually have all targets.
    constexpr int container_limit = 48;
    int images_left = 384;
    std::vector<std::string> targets;
    if (section.offset > file.size_bytes()) {
        return targets;
    }
    Range rest{section.offset,
               section.offset + std::min(section.size_bytes, file.size_bytes() - section.offset)};
    for (int i = 0; i < container_limit; ++i) {
        auto images = images_of_container(file, rest);
        if (!images) {
            break;
        }
        rest.begin = images->end;
        while (images_left-- > 0) {
            const auto image = image_at(file, *images);
            if (!image) {
                break;
            }
            add(targets, image->target);
            images->begin += image->size_bytes;
        }
    }
    return targets;
}

}  // namespace trilby::binary
