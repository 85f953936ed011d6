// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Compressed files for tests.

#pragma once

#include <cstdint>
#include <lzma.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <zlib.h>
#include <zstd.h>

namespace trilby::testing {

inline std::string gzip(std::string_view content) {
    constexpr int gzip_window = 16 + MAX_WBITS;
    z_stream stream{};
    if (::deflateInit2(&stream, 1, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        throw std::runtime_error("zlib cannot be initialized");
    }
    std::string packed(::deflateBound(&stream, content.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
    stream.avail_in = static_cast<uInt>(content.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int status = ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    ::deflateEnd(&stream);
    if (status != Z_STREAM_END) {
        throw std::runtime_error("zlib cannot compress");
    }
    return packed;
}

inline std::string xz(std::string_view content) {
    std::string packed(::lzma_stream_buffer_bound(content.size()), '\0');
    std::size_t size = 0;
    if (::lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, nullptr,
                                  reinterpret_cast<const std::uint8_t*>(content.data()),
                                  content.size(), reinterpret_cast<std::uint8_t*>(packed.data()),
                                  &size, packed.size()) != LZMA_OK) {
        throw std::runtime_error("liblzma cannot compress");
    }
    packed.resize(size);
    return packed;
}

inline std::string zstd(std::string_view content) {
    std::string packed(::ZSTD_compressBound(content.size()), '\0');
    packed.resize(::ZSTD_compress(packed.data(), packed.size(), content.data(), content.size(), 1));
    return packed;
}

}  // namespace trilby::testing
