// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// PNG and JPEG files for tests.

#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <png.h>
#include <stdexcept>
#include <string>
#include <turbojpeg.h>
#include <vector>
#include <zlib.h>

namespace trilby::testing {

/// Pixels of one value, as gray PNG.
inline std::string made_png(std::uint32_t width, std::uint32_t height, std::uint8_t value) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_GRAY;
    const std::vector<std::uint8_t> pixels(std::size_t{width} * height, value);
    std::string file(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
    png_alloc_size_t size_bytes = file.size();
    if (png_image_write_to_memory(&image, file.data(), &size_bytes, 0, pixels.data(), 0, nullptr) ==
        0) {
        throw std::runtime_error(image.message);
    }
    file.resize(size_bytes);
    return file;
}

inline std::string big_endian(std::uint32_t value) {
    return {static_cast<char>(value >> 24), static_cast<char>(value >> 16),
            static_cast<char>(value >> 8), static_cast<char>(value)};
}

inline std::string png_chunk(const std::string& type_and_content) {
    const auto* bytes = reinterpret_cast<const Bytef*>(type_and_content.data());
    const auto size_bytes = static_cast<std::uint32_t>(type_and_content.size());
    return big_endian(size_bytes - 4) + type_and_content +
           big_endian(static_cast<std::uint32_t>(crc32(0, bytes, size_bytes)));
}

/// A PNG file of one row with any type of pixels, such as 16 bits or a palette.
inline std::string made_png_row(std::uint32_t width, char bit_depth, char color_type,
                                const std::string& row, const std::string& chunks = "") {
    const std::string raw = '\0' + row;  // the row's filter is none
    std::string packed(compressBound(raw.size()), '\0');
    uLongf packed_bytes = packed.size();
    compress(reinterpret_cast<Bytef*>(packed.data()), &packed_bytes,
             reinterpret_cast<const Bytef*>(raw.data()), raw.size());
    packed.resize(packed_bytes);
    return "\x89PNG\r\n\x1a\n" +
           png_chunk("IHDR" + big_endian(width) + big_endian(1) + bit_depth + color_type +
                     std::string(3, '\0')) +
           chunks + png_chunk("IDAT" + packed) + png_chunk("IEND");
}

/// Pixels of TJPF_GRAY, TJPF_RGB or TJPF_CMYK as JPEG.
inline std::string made_jpeg_of(const std::vector<std::uint8_t>& pixels, int width, int height,
                                int pixel_format) {
    const std::unique_ptr<void, int (*)(void*)> encoder(tjInitCompress(), tjDestroy);
    const int sampling = pixel_format == TJPF_GRAY ? TJSAMP_GRAY : TJSAMP_444;
    unsigned char* bytes = nullptr;
    unsigned long size_bytes = 0;
    if (tjCompress2(encoder.get(), pixels.data(), width, 0, height, pixel_format, &bytes,
                    &size_bytes, sampling, 95, 0) != 0) {
        throw std::runtime_error(tjGetErrorStr2(encoder.get()));
    }
    std::string file(reinterpret_cast<const char*>(bytes), size_bytes);
    tjFree(bytes);
    return file;
}

/// Pixels of one color, as JPEG.
inline std::string made_jpeg(int width, int height, const std::array<std::uint8_t, 3>& color) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < width * height; ++i) {
        pixels.insert(pixels.end(), color.begin(), color.end());
    }
    return made_jpeg_of(pixels, width, height, TJPF_RGB);
}

/// A JPEG file with the orientation 1 to 8 in its Exif data.
inline std::string with_orientation(const std::string& jpeg, char orientation) {
    const std::string entry =
        std::string("\x01\x12\0\x03\0\0\0\x01\0", 9) + orientation + std::string(2, '\0');
    const std::string tiff = std::string("MM\0\x2a\0\0\0\x08\0\x01", 10) + entry + big_endian(0);
    const std::string content = std::string("Exif\0\0", 6) + tiff;
    return jpeg.substr(0, 2) + "\xff\xe1" +
           big_endian(static_cast<std::uint32_t>(content.size() + 2)).substr(2) + content +
           jpeg.substr(2);
}

}  // namespace trilby::testing
