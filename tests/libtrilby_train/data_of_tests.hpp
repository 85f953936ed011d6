// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Small data of each kind that a program may bring.

#pragma once

#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>

#include "data/made_idx.hpp"

namespace trilby::testing {

/// 200 rows: a number, a category with a missing value, and what follows from both.
inline std::string table_of_houses() {
    std::string csv = "area,street,price\n";
    for (int row = 0; row < 200; ++row) {
        const int area = 40 + row * 37 % 101;
        const char* street = row % 50 == 7 ? "" : row % 3 == 0 ? "quiet" : "loud";
        csv += fmt::format("{}.5,{},{}\n", area, street, 1000 * area + (row % 3 == 0 ? 9000 : 0));
    }
    return csv;
}

/// Two waves, hour by hour.
inline std::string series_of_waves() {
    std::string csv = "time,high,low\n";
    for (int hour = 0; hour < 600; ++hour) {
        csv += fmt::format("2024-01-{:02} {:02}:00:00,{:.4f},{:.4f}\n", 1 + hour / 24 % 25,
                           hour % 24, 10 + std::sin(hour / 4.0), std::cos(hour / 4.0));
    }
    return csv;
}

inline std::string text_of_words() {
    std::string text;
    for (int word = 0; word < 2000; ++word) {
        text += word * word % 7 < 3 ? "one " : "two ";
    }
    return text;
}

/// The IDX files of 8 x 8 images by name: bright above or bright below.
inline std::map<std::string, std::string> images_of_halves() {
    std::map<std::string, std::string> files;
    for (const auto& [part, count] : {std::pair("train", 80U), std::pair("t10k", 20U)}) {
        std::string pixels;
        std::string labels;
        for (unsigned image = 0; image < count; ++image) {
            const bool is_below = image % 3 == 0;
            labels += static_cast<char>(is_below);
            for (unsigned pixel = 0; pixel < 64; ++pixel) {
                pixels += static_cast<char>((pixel >= 32) == is_below ? 100 + image % 20 : image);
            }
        }
        files[std::string(part) + "-images-idx3-ubyte"] = data::idx({count, 8, 8}, pixels);
        files[std::string(part) + "-labels-idx1-ubyte"] = data::idx({count}, labels);
    }
    return files;
}

}  // namespace trilby::testing
