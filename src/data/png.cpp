// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/png.hpp"

#include <png.h>

#include "base/try.hpp"

namespace trilby::data {
namespace {

/// libpng's simplified interface, which does not jump out of our code.
struct PngImage {
    png_image image{};
    PngImage() { image.version = PNG_IMAGE_VERSION; }
    ~PngImage() { png_image_free(&image); }
    PngImage(const PngImage&) = delete;
    PngImage& operator=(const PngImage&) = delete;
};

Result<void> begin(PngImage& png, std::string_view file) {
    if (png_image_begin_read_from_memory(&png.image, file.data(), file.size()) == 0) {
        return failure(ErrorCode::bad_data, png.image.message);
    }
    // Otherwise libpng takes the values of 16 bits as linear light and brightens them.
    png.image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;
    return {};
}

}  // namespace

bool is_png(std::string_view file) {
    return file.starts_with("\x89PNG\r\n\x1a\n");
}

Result<ImageHeader> read_png_header(std::string_view file) {
    PngImage png;
    TRILBY_CHECK(begin(png, file));
    return ImageHeader{.format = ImageFormat::png,
                       .width = png.image.width,
                       .height = png.image.height,
                       .is_gray = (png.image.format & PNG_FORMAT_FLAG_COLOR) == 0};
}

Result<Image> decode_png(std::string_view file, std::uint32_t channels) {
    PngImage png;
    TRILBY_CHECK(begin(png, file));
    png.image.format = channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    Image image{.width = png.image.width, .height = png.image.height, .channels = channels};
    image.pixels.resize(PNG_IMAGE_SIZE(png.image));
    const png_color black{0, 0, 0};
    if (png_image_finish_read(&png.image, &black, image.pixels.data(), 0, nullptr) == 0) {
        return failure(ErrorCode::bad_data, png.image.message);
    }
    return image;
}

Result<std::string> encode_png(const Image& image) {
    PngImage png;
    png.image.width = image.width;
    png.image.height = image.height;
    png.image.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(png.image);
    std::string file(size, '\0');
    if (png_image_write_to_memory(&png.image, file.data(), &size, 0, image.pixels.data(), 0,
                                  nullptr) == 0) {
        return failure(ErrorCode::bad_data, png.image.message);
    }
    file.resize(size);
    return file;
}

}  // namespace trilby::data
