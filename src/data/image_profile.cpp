// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_profile.hpp"

#include <algorithm>
#include <filesystem>

#include "base/try.hpp"
#include "data/image_file.hpp"

namespace trilby::data {
namespace {

using Path = std::filesystem::path;

std::vector<Path> all_files(const ImageFolder& folder) {
    std::vector<Path> files;
    for (const ImagePart& part : folder.parts) {
        for (const ImageClass& one : part.classes) {
            files.insert(files.end(), one.files.begin(), one.files.end());
        }
    }
    return files;
}

Result<ImageHeader> header_of(const Path& path) {
    TRILBY_TRY(bytes, read_image_file(path));
    return read_image_header(bytes, path);
}

std::uint32_t median(std::vector<std::uint32_t> values) {
    if (values.empty()) {
        return 0;
    }
    std::ranges::sort(values);
    return values[values.size() / 2];
}

}  // namespace

ImageProfile profile_images(const ImageFolder& folder) {
    constexpr std::size_t most_examined = 1000;
    const std::vector<Path> files = all_files(folder);
    ImageProfile profile{.images = files.size(),
                         .examined = std::min(files.size(), most_examined),
                         .first_damage = {},
                         .widths = {},
                         .heights = {}};
    std::vector<std::uint32_t> shorter_sides;
    for (std::size_t i = 0; i < profile.examined; ++i) {
        const auto header = header_of(files[i * files.size() / profile.examined]);
        if (header) {
            profile.widths.push_back(header->width);
            profile.heights.push_back(header->height);
            shorter_sides.push_back(std::min(header->width, header->height));
            profile.has_colors = profile.has_colors || !header->is_gray;
        } else if (profile.damaged++ == 0) {
            profile.first_damage = header.error().message;
        }
    }
    std::ranges::sort(profile.widths);
    std::ranges::sort(profile.heights);
    profile.median_side = median(std::move(shorter_sides));
    return profile;
}

}  // namespace trilby::data
