// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Safetensors files byte by byte, also those that no writer would write.

#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace trilby::testing {

/// A file that claims a header of `length` bytes.
inline std::string file_claiming(std::uint64_t length, std::string_view header,
                                 std::string_view data = "") {
    std::string file;
    for (int i = 0; i < 8; ++i) {
        file += static_cast<char>(length >> (8 * i) & 0xff);
    }
    return file.append(header).append(data);
}

inline std::string file_with(std::string_view header, std::string_view data = "") {
    return file_claiming(header.size(), header, data);
}

/// A member of a header: an array of bytes.
inline std::string bytes_entry(std::string_view name, int begin, int end) {
    return fmt::format(R"("{}":{{"dtype":"U8","shape":[{}],"data_offsets":[{},{}]}})", name,
                       end - begin, begin, end);
}

}  // namespace trilby::testing
