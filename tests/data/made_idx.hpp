// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// IDX files for tests.

#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace trilby::data {

inline std::string idx(const std::vector<std::uint32_t>& shape, std::string_view elements,
                       char type = 0x08) {
    std::string bytes{'\0', '\0', type, static_cast<char>(shape.size())};
    for (const std::uint32_t size : shape) {
        for (const int shift : {24, 16, 8, 0}) {
            bytes += static_cast<char>(size >> shift & 0xff);
        }
    }
    return bytes.append(elements);
}

inline std::string gzip(std::string_view content) {
    constexpr int gzip_window = 15 + 16;
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("deflateInit2");
    }
    std::string packed(deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

}  // namespace trilby::data
