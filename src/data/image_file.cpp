// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_file.hpp"

#include <fmt/format.h>
#include <memory>
#include <png.h>
#include <span>
#include <turbojpeg.h>

#include "base/try.hpp"
#include "base/units.hpp"
#include "data/gzip_file.hpp"

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

Result<void> check_size(const ImageHeader& header, const Path& path) {
    const std::uint64_t pixels = std::uint64_t{header.width} * header.height;
    if (pixels == 0 || pixels > pixel_limit) {
        return damaged(path, fmt::format("it has {} x {} pixels, the limit is {} in all",
                                         header.width, header.height, format_count(pixel_limit)));
    }
    return {};
}

// ---- PNG: libpng's simplified interface, which does not jump out of our code

struct PngImage {
    png_image image{};
    PngImage() { image.version = PNG_IMAGE_VERSION; }
    ~PngImage() { png_image_free(&image); }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;
};

Result<ImageHeader> begin_png(PngImage& png, std::string_view file, const Path& path) {
    if (png_image_begin_read_from_memory(&png.image, file.data(), file.size()) == 0) {
        return damaged(path, png.image.message);
    }
    return ImageHeader{.format = ImageFormat::png,
                       .width = png.image.width,
                       .height = png.image.height,
                       .is_gray = (png.image.format & PNG_FORMAT_FLAG_COLOR) == 0};
}

Result<Image> decode_png(std::string_view file, std::uint32_t channels, const Path& path) {
    PngImage png;
    TRILBY_TRY(header, begin_png(png, file, path));
    TRILBY_CHECK(check_size(header, path));
    png.image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    Image image{.width = header.width, .height = header.height, .channels = channels};
    image.pixels.resize(PNG_IMAGE_SIZE(png.image));
    const png_color black{0, 0, 0};
    if (png_image_finish_read(&png.image, &black, image.pixels.data(), 0, nullptr) == 0) {
        return damaged(path, png.image.message);
    }
    return image;
}

// ---- JPEG: TurboJPEG

struct EndDecoder {
    void operator()(void* decoder) const { tjDestroy(decoder); }
};
using JpegDecoder = std::unique_ptr<void, EndDecoder>;

const unsigned char* jpeg_bytes(std::string_view file) {
    return reinterpret_cast<const unsigned char*>(file.data());
}

Result<ImageHeader> begin_jpeg(const JpegDecoder& decoder, std::string_view file,
                               const Path& path) {
    int width = 0;
    int height = 0;
    int sampling = 0;
    int colors = 0;
    if (decoder == nullptr || tjDecompressHeader3(decoder.get(), jpeg_bytes(file), file.size(),
                                                  &width, &height, &sampling, &colors) != 0) {
        return damaged(path, tjGetErrorStr2(decoder.get()));
    }
    return ImageHeader{.format = ImageFormat::jpeg,
                       .width = static_cast<std::uint32_t>(width),
                       .height = static_cast<std::uint32_t>(height),
                       .is_gray = colors == TJCS_GRAY};
}

Result<Image> decode_jpeg(std::string_view file, std::uint32_t channels, const Path& path) {
    const JpegDecoder decoder(tjInitDecompress());
    TRILBY_TRY(header, begin_jpeg(decoder, file, path));
    TRILBY_CHECK(check_size(header, path));
    Image image{.width = header.width, .height = header.height, .channels = channels};
    image.pixels.resize(std::size_t{image.width} * image.height * channels);
    // A warning, such as about a file that ends early, is an error too: half of it would be gray.
    if (tjDecompress2(decoder.get(), jpeg_bytes(file), file.size(), image.pixels.data(),
                      static_cast<int>(image.width), 0, static_cast<int>(image.height),
                      channels == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT) != 0) {
        return damaged(path, tjGetErrorStr2(decoder.get()));
    }
    return image;
}

bool is_png(std::string_view file) {
    return file.starts_with("\x89PNG\r\n\x1a\n");
}
bool is_jpeg(std::string_view file) {
    return file.starts_with("\xff\xd8\xff");
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
    Result<ImageHeader> header = damaged(path, "it is neither PNG nor JPEG");
    if (is_png(file)) {
        PngImage png;
        header = begin_png(png, file, path);
    } else if (is_jpeg(file)) {
        header = begin_jpeg(JpegDecoder(tjInitDecompress()), file, path);
    }
    TRILBY_TRY(found, header);
    TRILBY_CHECK(check_size(found, path));
    return found;
}

Result<Image> decode_image(std::string_view file, std::uint32_t channels, const Path& path) {
    if (is_png(file)) {
        return decode_png(file, channels, path);
    }
    return is_jpeg(file) ? decode_jpeg(file, channels, path)
                         : Result<Image>(damaged(path, "it is neither PNG nor JPEG"));
}

}  // namespace trilby::data
