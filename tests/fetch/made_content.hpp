// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Content of files for tests, and its SHA-256.

#pragma once

#include <span>
#include <string>

#include "base/random.hpp"
#include "base/sha256.hpp"

namespace trilby::fetch {

inline std::string sha256_of_text(const std::string& text) {
    Sha256 digest;
    digest.update(std::as_bytes(std::span(text)));
    return digest.finish();
}

/// Bytes without a pattern, so that no shifted or repeated copy matches.
inline std::string made_content(std::size_t size_bytes) {
    std::string content;
    SplitMix64 random(1);
    for (std::size_t i = 0; i < size_bytes; ++i) {
        content += static_cast<char>(random() >> 56);
    }
    return content;
}

}  // namespace trilby::fetch
