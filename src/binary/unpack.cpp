// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "binary/unpack.hpp"

#include <memory>
#include <zlib.h>
#include <zstd.h>

namespace trilby::binary {

std::string unzstd_start(std::string_view packed, std::size_t limit_bytes) {
    const std::unique_ptr<ZSTD_DStream, std::size_t (*)(ZSTD_DStream*)> stream(
        ::ZSTD_createDStream(), ::ZSTD_freeDStream);
    std::string out(limit_bytes, '\0');
    ZSTD_inBuffer from{packed.data(), packed.size(), 0};
    ZSTD_outBuffer into{out.data(), out.size(), 0};
    bool is_going_on = stream != nullptr;
    while (is_going_on && into.pos < into.size) {
        const std::size_t before = from.pos + into.pos;
        const std::size_t status = ::ZSTD_decompressStream(stream.get(), &into, &from);
        const bool is_at_end = status == 0;
        is_going_on = ::ZSTD_isError(status) == 0 && !is_at_end && from.pos + into.pos > before;
    }
    out.resize(into.pos);
    return out;
}

std::string inflate_start(std::string_view packed, std::size_t limit_bytes) {
    z_stream stream{};
    if (::inflateInit(&stream) != Z_OK) {
        return "";
    }
    std::string out(limit_bytes, '\0');
    // zlib's interface lacks const, but zlib does not write to its input.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    static_cast<void>(::inflate(&stream, Z_SYNC_FLUSH));
    out.resize(out.size() - stream.avail_out);
    ::inflateEnd(&stream);
    return out;
}

}  // namespace trilby::binary
