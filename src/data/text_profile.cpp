// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/text_profile.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <vector>

#include "base/try.hpp"
#include "base/unicode.hpp"
#include "data/text_file.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t code_points = 0x110000;

/// How often each byte and each character occurs.
class Counts {
  public:
    /// `piece` does not end inside a character.
    void add(std::string_view piece) {
        for (const char c : piece) {
            ++bytes_[static_cast<unsigned char>(c)];
        }
        if (is_utf8_) {
            add_characters(piece);
        }
    }

    [[nodiscard]] TextProfile profile() const {
        TextProfile profile{.summary = {.is_utf8 = is_utf8_, .lines = bytes_['\n']},
                            .characters = {}};
        for (const std::uint64_t count : bytes_) {
            profile.summary.bytes += count;
        }
        if (is_utf8_) {
            summarize(characters_, profile.summary);
            profile.characters = characters_that_occur();
        } else {
            summarize(bytes_, profile.summary);
        }
        return profile;
    }

  private:
    void add_characters(std::string_view text) {
        while (!text.empty()) {
            const Character next = first_character(text);
            if (next.bytes == 0) {
                is_utf8_ = false;
                return;
            }
            ++characters_[next.code_point];
            text.remove_prefix(next.bytes);
        }
    }

    [[nodiscard]] std::u32string characters_that_occur() const {
        std::u32string occurring;
        for (std::size_t i = 0; i < characters_.size(); ++i) {
            if (characters_[i] > 0) {
                occurring.push_back(static_cast<char32_t>(i));
            }
        }
        return occurring;
    }

    static void summarize(const auto& counts, TextSummary& summary) {
        for (const std::uint64_t count : counts) {
            summary.characters += count;
            summary.distinct += count > 0 ? 1 : 0;
        }
        for (const std::uint64_t count : counts) {
            const double share =
                static_cast<double>(count) / static_cast<double>(summary.characters);
            summary.entropy_nats -= count > 0 ? share * std::log(share) : 0.0;
        }
    }

    std::array<std::uint64_t, 256> bytes_{};
    std::vector<std::uint64_t> characters_ = std::vector<std::uint64_t>(code_points);
    bool is_utf8_ = true;
};

}  // namespace

Result<TextProfile> profile_text(const std::filesystem::path& path) {
    TRILBY_TRY(file, TextFile::open(path));
    Counts counts;
    for (bool is_end = false; !is_end;) {
        TRILBY_TRY(piece, file.next());
        counts.add(piece);
        is_end = piece.empty();
    }
    TextProfile profile = counts.profile();
    if (profile.summary.bytes == 0) {
        return failure(ErrorCode::bad_data, fmt::format("'{}' is empty", path.string()),
                       "give a file with text, a table, or a folder of images");
    }
    return profile;
}

}  // namespace trilby::data
