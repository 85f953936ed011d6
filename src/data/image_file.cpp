// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_file.hpp"

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
                   "remove the file from the folder, or replace it");
}

/// A decoder's result, or its error with the file and what to do.
template <class T>
Result<T> with_path(Result<T> result, const Path& path) {
    return result ? std::move(result) : damaged(path, result.error().message);
}

Result<ImageHeader> header_of(std::string_view file) {
    if (is_png(file)) {
        return read_png_header(file);
    }
    return is_jpeg(file) ? read_jpeg_header(file)
                         : failure(ErrorCode::bad_data, "it is neither PNG nor JPEG");
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
    TRILBY_TRY(header, with_path(header_of(file), path));
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
