// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Any input is an image, or an error.

#include <cstdint>

#include "data/image_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view file(reinterpret_cast<const char*>(data), size);
    // A large claim would only cost time.
    constexpr std::uint32_t limit = 512;
    const auto header = trilby::data::read_image_header(file, "input");
    if (header && header->width <= limit && header->height <= limit) {
        static_cast<void>(trilby::data::decode_image(file, 3, "input"));
    }
    return 0;
}
