// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/pixels.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/image_file.hpp"
#include "data/resample.hpp"
#include "platform/parallel.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t all_cpus = std::numeric_limits<std::size_t>::max();

/// The errors of damaged files, each at its file's position.
using Damages = std::vector<std::optional<Error>>;

Damages decode_each(std::span<const std::filesystem::path> files, const PixelFormat& format,
                    std::span<std::uint8_t> to) {
    Damages damages(files.size());
    platform::for_each_index(files.size(), all_cpus, [&](std::size_t i) {
        const auto place = to.subspan(i * format.size_bytes(), format.size_bytes());
        if (const auto done = read_pixels(files[i], format, place); !done) {
            damages[i] = done.error();
        }
    });
    return damages;
}

/// Moves the image at position `from` to position `at`, which is not behind it.
void move_image(std::span<std::uint8_t> images, std::size_t size_bytes, std::size_t from,
                std::size_t at) {
    if (from != at) {
        std::ranges::copy(images.subspan(from * size_bytes, size_bytes),
                          images.subspan(at * size_bytes).begin());
    }
}

}  // namespace

Result<void> read_pixels(const std::filesystem::path& path, const PixelFormat& format,
                         std::span<std::uint8_t> to) {
    TRILBY_TRY(file, read_image_file(path));
    const ImageWish wish{.channels = format.channels, .enough_pixels = format.side};
    TRILBY_TRY(image, decode_image(file, wish, path));
    resample_center(image, format.side, to);
    return {};
}

DecodedFiles read_all_pixels(std::span<const std::filesystem::path> files,
                             const PixelFormat& format, std::span<std::uint8_t> to) {
    const Damages damages = decode_each(files, format, to);
    DecodedFiles decoded;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (!damages[i]) {
            move_image(to, format.size_bytes(), i, decoded.kept.size());
            decoded.kept.push_back(i);
        } else if (!decoded.first_damage) {
            decoded.first_damage = damages[i];
        }
    }
    return decoded;
}

bool has_too_much_damage(const DecodedFiles& decoded, std::size_t files) {
    return (files - decoded.kept.size()) * 10 > files || decoded.kept.empty();
}

Result<void> check_damage(const DecodedFiles& decoded, std::size_t files) {
    if (!has_too_much_damage(decoded, files)) {
        return {};
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("{} of {} images are damaged, at most a tenth may be; the first: {}",
                               format_count(files - decoded.kept.size()), format_count(files),
                               decoded.first_damage ? decoded.first_damage->message : ""),
                   "replace the damaged files, or remove them from the folder");
}

}  // namespace trilby::data
