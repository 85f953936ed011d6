// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a text holds, from one pass over its file in bounded memory.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <trilby/result.hpp>

namespace trilby::data {

struct TextSummary {
    std::uint64_t bytes = 0;
    bool is_utf8 = true;           ///< if not, the bytes themselves are what is learned
    std::uint64_t characters = 0;  ///< bytes if it is not UTF-8; the next two likewise
    std::uint64_t distinct = 0;
    double entropy_nats = 0.0;  ///< per character, of their frequencies alone
    std::uint64_t lines = 0;
};

struct TextProfile {
    TextSummary summary;
    std::u32string characters;  ///< the distinct ones in the order of Unicode; none if not UTF-8
};

/// ErrorCode::bad_data for an empty file and for known binary formats.
[[nodiscard]] Result<TextProfile> profile_text(const std::filesystem::path& path);

}  // namespace trilby::data
