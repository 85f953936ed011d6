// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/encoding.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/text.hpp"
#include "base/unicode.hpp"

namespace trilby::data {
namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

/// A format that is not text, by its first bytes.
struct Signature {
    std::string_view bytes;
    std::string_view what;
    std::string_view hint;
};

using namespace std::string_view_literals;

constexpr std::array signatures{
    Signature{"PAR1"sv, "is a Parquet file", "export it as CSV"},
    Signature{"PK\x03\x04"sv, "is a ZIP archive or a spreadsheet",
              "unpack it, or save the sheet as CSV"},
    Signature{"\xd0\xcf\x11\xe0"sv, "is a spreadsheet or document of an old Office",
              "save the sheet as CSV"},
    Signature{"SQLite format 3"sv, "is an SQLite database", "export a table as CSV"},
    Signature{"\x7f"
              "ELF"sv,
              "is a program", "give a table, a series or text"},
    Signature{"%PDF"sv, "is a PDF document", "export its text"},
    Signature{"\x89PNG"sv, "is a PNG image", "give the folder with one folder of images per class"},
    Signature{"\xff\xd8\xff"sv, "is a JPEG image",
              "give the folder with one folder of images per class"},
    Signature{"(\xb5\x2f\xfd"sv, "is compressed with Zstandard", "decompress it with 'unzstd'"},
    Signature{"\xfd"
              "7zXZ"sv,
              "is compressed with xz", "decompress it with 'unxz'"},
    Signature{"BZh"sv, "is compressed with bzip2", "decompress it with 'bunzip2'"}};

std::string iconv_command(std::string_view from, const std::filesystem::path& path) {
    return fmt::format("convert it: iconv -f {} -t UTF-8 {} > utf8{}", from,
                       shell_word(path.string()), path.extension().string());
}

/// Whether every second byte of the first characters is NUL, as in UTF-16 of ASCII.
bool has_nuls_at(std::size_t parity, std::string_view start) {
    constexpr std::size_t examined = 8;
    const std::string_view first = start.substr(0, examined);
    bool alternate = first.size() == examined;
    for (std::size_t i = 0; i < first.size(); ++i) {
        alternate = alternate && (first[i] == '\0') == (i % 2 == parity);
    }
    return alternate;
}

/// The name of an encoding with units of two or four bytes, as iconv knows it; empty for others.
std::string_view wide_encoding(std::string_view start) {
    if (start.starts_with("\xff\xfe\0\0"sv) || start.starts_with("\0\0\xfe\xff"sv)) {
        return "UTF-32";
    }
    if (start.starts_with("\xff\xfe") || start.starts_with("\xfe\xff")) {
        return "UTF-16";
    }
    return has_nuls_at(1, start) ? "UTF-16LE" : has_nuls_at(0, start) ? "UTF-16BE" : "";
}

std::unexpected<Error> refusal(const std::filesystem::path& path, std::string_view what,
                               std::string hint) {
    return failure(ErrorCode::bad_data, fmt::format("'{}' {}", path.string(), what),
                   std::move(hint));
}

}  // namespace

std::size_t utf8_mark_bytes(std::string_view start) {
    return start.starts_with(utf8_mark) ? utf8_mark.size() : 0;
}

Result<std::size_t> check_encoding_of_start(std::string_view start,
                                            const std::filesystem::path& path) {
    if (const std::string_view wide = wide_encoding(start); !wide.empty()) {
        return refusal(path, fmt::format("is text in {}, expected UTF-8", wide),
                       iconv_command(wide, path));
    }
    for (const Signature& signature : signatures) {
        if (start.starts_with(signature.bytes)) {
            return refusal(path, signature.what, std::string(signature.hint));
        }
    }
    const bool has_old_line_ends =
        start.find('\n') == std::string_view::npos && start.find('\r') != std::string_view::npos;
    if (has_old_line_ends) {
        return refusal(path, "ends its lines with carriage returns alone",
                       fmt::format("convert it: tr '\\r' '\\n' < {} > lines{}",
                                   shell_word(path.string()), path.extension().string()));
    }
    return utf8_mark_bytes(start);
}

std::optional<std::string> find_wrong_encoding(std::string_view text) {
    const auto is_plain = [](char c) { return c > '\0'; };  // one byte of ASCII but NUL
    std::size_t at = 0;
    while (at < text.size()) {
        if (is_plain(text[at])) {
            ++at;
            continue;
        }
        const Character next = first_character(text.substr(at));
        if (next.bytes == 0) {
            return fmt::format("has the byte 0x{:02x}, which is not UTF-8",
                               static_cast<unsigned char>(text[at]));
        }
        if (next.code_point == 0) {
            return "has a NUL byte, so it is not text";
        }
        at += next.bytes;
    }
    return std::nullopt;
}

std::string encoding_hint(std::string_view text, const std::filesystem::path& path) {
    if (text.find('\0') != std::string_view::npos) {
        return fmt::format("if it is text, remove them: tr -d '\\000' < {} > text{}",
                           shell_word(path.string()), path.extension().string());
    }
    return iconv_command("WINDOWS-1252", path);
}

}  // namespace trilby::data
