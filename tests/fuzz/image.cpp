// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is an image, which can be scaled, or an error.

#include <cstdint>
#include <vector>

#include "data/image_file.hpp"
#include "data/resample.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    // A large claim would only cost time.
    constexpr std::uint32_t limit = 512;
    const auto header = trilby::data::read_image_header(file, "input");
    if (header && header->width <= limit && header->height <= limit) {
        constexpr std::uint32_t side = 16;
        for (const std::uint32_t channels : {1U, 3U}) {
            const auto image = trilby::data::decode_image(file, {channels, side}, "input");
            if (image) {
                std::vector<std::uint8_t> pixels(std::size_t{side} * side * channels);
                trilby::data::resample_center(*image, side, pixels);
            }
        }
    }
    return 0;
}
