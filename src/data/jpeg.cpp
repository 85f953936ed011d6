// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/jpeg.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <turbojpeg.h>
#include <utility>

#include "base/try.hpp"
#include "data/exif.hpp"

namespace trilby::data {
namespace {

struct EndDecoder {
    void operator()(void* decoder) const { tjDestroy(decoder); }
};
using Decoder = std::unique_ptr<void, EndDecoder>;

const unsigned char* bytes_of(std::string_view file) {
    return reinterpret_cast<const unsigned char*>(file.data());
}

struct StoredHeader {
    int width = 0;
    int height = 0;
    int colors = 0;  ///< TJCS_...
};

Result<StoredHeader> begin(const Decoder& decoder, std::string_view file) {
    StoredHeader header;
    int sampling = 0;
    if (decoder == nullptr ||
        tjDecompressHeader3(decoder.get(), bytes_of(file), file.size(), &header.width,
                            &header.height, &sampling, &header.colors) != 0) {
        return failure(ErrorCode::bad_data, tjGetErrorStr2(decoder.get()));
    }
    return header;
}

/// The smallest size that the decoder is fast at and whose shorter side has enough pixels.
std::pair<int, int> decoded_size(const StoredHeader& header, std::uint32_t enough_pixels) {
    for (const int divisor : {8, 4, 2}) {
        const tjscalingfactor scale{1, divisor};
        const int width = TJSCALED(header.width, scale);
        const int height = TJSCALED(header.height, scale);
        if (static_cast<std::uint32_t>(std::min(width, height)) >= enough_pixels) {
            return {width, height};
        }
    }
    return {header.width, header.height};
}

Result<Image> decode_stored(const Decoder& decoder, std::string_view file, std::pair<int, int> size,
                            int pixel_format) {
    const auto [width, height] = size;
    Image image{.width = static_cast<std::uint32_t>(width),
                .height = static_cast<std::uint32_t>(height),
                .channels = static_cast<std::uint32_t>(tjPixelSize[pixel_format])};
    image.pixels.resize(std::size_t{image.width} * image.height * image.channels);
    // A warning, such as about a file that ends early, is an error too: half of it would be gray.
    if (tjDecompress2(decoder.get(), bytes_of(file), file.size(), image.pixels.data(), width, 0,
                      height, pixel_format, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS) != 0) {
        return failure(ErrorCode::bad_data, tjGetErrorStr2(decoder.get()));
    }
    return image;
}

bool has_inks(const StoredHeader& header) {
    return header.colors == TJCS_CMYK || header.colors == TJCS_YCCK;
}

/// Colors from inks. Files store the amounts inverted, as Adobe's programs began to: 255 is no ink.
Image colors_of(const Image& inks, std::uint32_t channels) {
    constexpr std::uint32_t full = 255;
    Image image{.width = inks.width, .height = inks.height, .channels = channels};
    image.pixels.reserve(inks.pixels.size() / 4 * channels);
    for (std::size_t at = 0; at < inks.pixels.size(); at += 4) {
        const std::uint32_t black = inks.pixels[at + 3];
        const auto color = [&](std::size_t ink) {
            return (inks.pixels[at + ink] * black + full / 2) / full;
        };
        if (channels == 1) {  // the weights of JPEG's own luminance
            const std::uint32_t gray = 299 * color(0) + 587 * color(1) + 114 * color(2) + 500;
            image.pixels.push_back(static_cast<std::uint8_t>(gray / 1000));
        } else {
            for (std::size_t ink = 0; ink < 3; ++ink) {
                image.pixels.push_back(static_cast<std::uint8_t>(color(ink)));
            }
        }
    }
    return image;
}

Image upright(Image stored, const Orientation& orientation) {
    if (orientation == Orientation{}) {
        return stored;
    }
    Image image{.width = stored.width, .height = stored.height, .channels = stored.channels};
    if (orientation.exchanges_axes) {
        std::swap(image.width, image.height);
    }
    image.pixels.reserve(stored.pixels.size());
    for (std::size_t y = 0; y < image.height; ++y) {
        for (std::size_t x = 0; x < image.width; ++x) {
            const std::size_t along = orientation.exchanges_axes ? y : x;
            const std::size_t down = orientation.exchanges_axes ? x : y;
            const std::size_t column = orientation.mirrors_x ? stored.width - 1 - along : along;
            const std::size_t row = orientation.mirrors_y ? stored.height - 1 - down : down;
            const auto pixel =
                stored.pixels.begin() +
                static_cast<std::ptrdiff_t>((row * stored.width + column) * stored.channels);
            image.pixels.insert(image.pixels.end(), pixel, pixel + stored.channels);
        }
    }
    return image;
}

}  // namespace

bool is_jpeg(std::string_view file) {
    return file.starts_with("\xff\xd8\xff");
}

Result<ImageHeader> read_jpeg_header(std::string_view file) {
    TRILBY_TRY(stored, begin(Decoder(tjInitDecompress()), file));
    ImageHeader header{.format = ImageFormat::jpeg,
                       .width = static_cast<std::uint32_t>(stored.width),
                       .height = static_cast<std::uint32_t>(stored.height),
                       .is_gray = stored.colors == TJCS_GRAY};
    if (jpeg_orientation(file).exchanges_axes) {
        std::swap(header.width, header.height);
    }
    return header;
}

Result<Image> decode_jpeg(std::string_view file, const ImageWish& wish) {
    const Decoder decoder(tjInitDecompress());
    TRILBY_TRY(header, begin(decoder, file));
    const std::pair<int, int> size = decoded_size(header, wish.enough_pixels);
    const int color_format = wish.channels == 1 ? TJPF_GRAY : TJPF_RGB;
    TRILBY_TRY(stored,
               decode_stored(decoder, file, size, has_inks(header) ? TJPF_CMYK : color_format));
    return upright(has_inks(header) ? colors_of(stored, wish.channels) : std::move(stored),
                   jpeg_orientation(file));
}

}  // namespace trilby::data
