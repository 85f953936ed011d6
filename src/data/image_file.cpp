// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/gzip_file.hpp"
#include "data/jpeg.hpp"
#include "data/png.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t file_limit_bytes = std::size_t{256} << 20;
constexpr std::uint64_t pixel_limit = 64'000'000;

using Path = std::filesystem::path;

std::unexpected<Error> damaged(const Path& path, std::string_view why) {
    return failure(ErrorCode::bad_data,
                   fmt::format("image '{}' cannot be decoded: {}", path.string(), why),
                   "replace the file, or leave it out");
}

/// A decoder's result, or its error with the file and what to do.
template <class T>
Result<T> with_path(Result<T> result, const Path& path) {
    return result ? std::move(result) : damaged(path, result.error().message);
}

/// Formats that other programs can convert, by how their files begin.
std::string_view other_format(std::string_view file) {
    struct Format {
        std::string_view name;
        std::string_view start;
    };
    constexpr std::array formats{Format{"GIF", "GIF8"}, Format{"BMP", "BM"},
                                 Format{"TIFF", {"II*\0", 4}}, Format{"TIFF", {"MM\0*", 4}}};
    if (file.starts_with("RIFF") && file.substr(0, 12).ends_with("WEBP")) {
        return "WebP";
    }
    const auto* found = std::ranges::find_if(
        formats, [&](const Format& format) { return file.starts_with(format.start); });
    return found == formats.end() ? "" : found->name;
}

std::unexpected<Error> unknown_format(std::string_view file, const Path& path) {
    const std::string_view format = other_format(file);
    if (format.empty()) {
        return damaged(path, file.empty() ? "it is empty" : "it is neither PNG nor JPEG");
    }
    return failure(ErrorCode::bad_data,
                   fmt::format("image '{}' is {}, expected PNG or JPEG", path.string(), format),
                   "convert it to PNG or JPEG");
}

Result<ImageHeader> header_of(std::string_view file, const Path& path) {
    if (is_png(file)) {
        return with_path(read_png_header(file), path);
    }
    return is_jpeg(file) ? with_path(read_jpeg_header(file), path) : unknown_format(file, path);
}

}  // namespace

Result<std::string> read_image_file(const Path& path) {
    TRILBY_TRY(file, GzipFile::open(path));
    std::error_code unknown_size;
    const std::uintmax_t size_bytes = std::filesystem::file_size(path, unknown_size);
    if (unknown_size || size_bytes > file_limit_bytes) {
        return damaged(path, fmt::format("it has more than {}", format_bytes(file_limit_bytes)));
    }
    std::string bytes(size_bytes, '\0');
    TRILBY_TRY(got, file.read(std::as_writable_bytes(std::span(bytes))));
    bytes.resize(got);
    return bytes;
}

Result<ImageHeader> read_image_header(std::string_view file, const Path& path) {
    TRILBY_TRY(header, header_of(file, path));
    const std::uint64_t pixels = std::uint64_t{header.width} * header.height;
    if (pixels == 0 || pixels > pixel_limit) {
        return damaged(path, fmt::format("it has {} x {} pixels, the limit is {} in all",
                                         header.width, header.height, format_count(pixel_limit)));
    }
    return header;
}

Result<Image> decode_image(std::string_view file, const ImageWish& wish, const Path& path) {
    TRILBY_TRY(header, read_image_header(file, path));
    return with_path(header.format == ImageFormat::png ? decode_png(file, wish.channels)
                                                       : decode_jpeg(file, wish),
                     path);
}

}  // namespace trilby::data
