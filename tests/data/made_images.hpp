// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// PNG and JPEG files for tests.

#pragma once

#include <cstdint>
#include <memory>
#include <png.h>
#include <stdexcept>
#include <string>
#include <turbojpeg.h>
#include <vector>

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

/// Pixels of one color, as JPEG.
inline std::string made_jpeg(int width, int height, const std::array<std::uint8_t, 3>& color) {
    std::vector<std::uint8_t> pixels;
    for (int i = 0; i < width * height; ++i) {
        pixels.insert(pixels.end(), color.begin(), color.end());
    }
    const std::unique_ptr<void, int (*)(void*)> encoder(tjInitCompress(), tjDestroy);
    unsigned char* bytes = nullptr;
    unsigned long size_bytes = 0;
    if (tjCompress2(encoder.get(), pixels.data(), width, 0, height, TJPF_RGB, &bytes, &size_bytes,
                    TJSAMP_444, 95, 0) != 0) {
        throw std::runtime_error(tjGetErrorStr2(encoder.get()));
    }
    std::string file(reinterpret_cast<const char*>(bytes), size_bytes);
    tjFree(bytes);
    return file;
}

}  // namespace trilby::testing
