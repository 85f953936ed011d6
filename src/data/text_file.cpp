// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/text_file.hpp"

#include <algorithm>
#include <span>

#include "base/try.hpp"
#include "base/unicode.hpp"
#include "data/encoding.hpp"

namespace trilby::data {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20;

/// The size of `text` without an incomplete character at its end.
std::size_t whole_characters(std::string_view text) {
    constexpr std::size_t longest_character_bytes = 4;
    const std::size_t first = text.size() - std::min(text.size(), longest_character_bytes - 1);
    for (std::size_t i = first; i < text.size(); ++i) {
        const bool is_lead = static_cast<unsigned char>(text[i]) >= 0xc0;
        if (is_lead && first_character(text.substr(i)).bytes == 0) {
            return i;
        }
    }
    return text.size();
}

}  // namespace

Result<TextFile> TextFile::open(const std::filesystem::path& path) {
    TRILBY_TRY(file, GzipFile::open(path));
    return TextFile(std::move(file));
}

Result<std::string_view> TextFile::next() {
    buffer_.erase(0, given_bytes_);
    const std::size_t left_over = buffer_.size();
    if (!is_end_) {
        buffer_.resize(left_over + piece_bytes);
        TRILBY_TRY(got, file_.read(std::as_writable_bytes(std::span(buffer_).subspan(left_over))));
        buffer_.resize(left_over + got);
        is_end_ = got < piece_bytes;
    }
    if (is_start_) {
        is_start_ = false;
        TRILBY_TRY(mark_bytes, check_encoding_of_start(buffer_, file_.path()));
        buffer_.erase(0, mark_bytes);
    }
    given_bytes_ = is_end_ ? buffer_.size() : whole_characters(buffer_);
    return std::string_view(buffer_).substr(0, given_bytes_);
}

}  // namespace trilby::data
