// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// IDX files for tests.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/packed.hpp"

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

using testing::gzip;

}  // namespace trilby::data
