// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/little_endian.hpp"

namespace trilby {

std::string encode_little_endian(std::uint64_t number, std::size_t bytes) {
    std::string encoded;
    for (std::size_t i = 0; i < bytes; ++i) {
        encoded += static_cast<char>(number >> (8 * i) & 0xff);
    }
    return encoded;
}

std::uint64_t decode_little_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        number |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    }
    return number;
}

}  // namespace trilby
