// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/text_profile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "base/try.hpp"
#include "base/unicode.hpp"
#include "data/encoding.hpp"
#include "data/gzip_file.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t chunk_bytes = std::size_t{1} << 20;
constexpr std::size_t code_points = 0x110000;
constexpr std::size_t longest_character_bytes = 4;

/// How often each byte and each character occurs.
class Counts {
  public:
    /// Takes whole characters from the front of `text`; returns how many bytes are left.
    std::size_t add(std::string_view text, bool is_end) {
        for (const char c : text) {
            ++bytes_[static_cast<unsigned char>(c)];
        }
        return is_utf8_ ? add_characters(text, is_end) : 0;
    }
    /// Undoes the count of bytes that add() left over and that will come again.
    void take_back(std::string_view left_over) {
        for (const char c : left_over) {
            --bytes_[static_cast<unsigned char>(c)];
        }
    }

    [[nodiscard]] TextSummary profile() const {
        TextSummary profile{.is_utf8 = is_utf8_, .lines = bytes_['\n']};
        for (const std::uint64_t count : bytes_) {
            profile.bytes += count;
        }
        if (is_utf8_) {
            summarize(characters_, profile);
        } else {
            summarize(bytes_, profile);
        }
        return profile;
    }

  private:
    std::size_t add_characters(std::string_view text, bool is_end) {
        while (!text.empty()) {
            const Character next = first_character(text);
            if (next.bytes == 0) {
                if (!is_end && text.size() < longest_character_bytes) {
                    return text.size();
                }
                is_utf8_ = false;
                return 0;
            }
            ++characters_[next.code_point];
            text.remove_prefix(next.bytes);
        }
        return 0;
    }

    static void summarize(const auto& counts, TextSummary& profile) {
        for (const std::uint64_t count : counts) {
            profile.characters += count;
            profile.distinct += count > 0 ? 1 : 0;
        }
        for (const std::uint64_t count : counts) {
            const double share =
                static_cast<double>(count) / static_cast<double>(profile.characters);
            profile.entropy_nats -= count > 0 ? share * std::log(share) : 0.0;
        }
    }

    std::array<std::uint64_t, 256> bytes_{};
    std::vector<std::uint64_t> characters_ = std::vector<std::uint64_t>(code_points);
    bool is_utf8_ = true;
};

}  // namespace

Result<TextSummary> profile_text(const std::filesystem::path& path) {
    TRILBY_TRY(file, GzipFile::open(path));
    Counts counts;
    std::string buffer;
    std::size_t left_over = 0;
    for (bool is_start = true, is_end = false; !is_end; is_start = false) {
        buffer.resize(left_over + chunk_bytes);
        TRILBY_TRY(got, file.read(std::as_writable_bytes(std::span(buffer).subspan(left_over))));
        buffer.resize(left_over + got);
        is_end = got < chunk_bytes;
        if (is_start) {
            TRILBY_TRY(mark_bytes, check_encoding_of_start(buffer, path));
            buffer.erase(0, mark_bytes);
        }
        left_over = counts.add(buffer, is_end);
        buffer.erase(0, buffer.size() - left_over);
        counts.take_back(buffer);
    }
    const TextSummary profile = counts.profile();
    if (profile.bytes == 0) {
        return failure(ErrorCode::bad_data, fmt::format("'{}' is empty", path.string()),
                       "give a file with text, a table, or a folder of images");
    }
    return profile;
}

}  // namespace trilby::data
