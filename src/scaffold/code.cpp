// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "scaffold/code.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/text.hpp"

namespace trilby::scaffold {
namespace {

/// Whether all of it can be seen, so that the code says what it seems to say.
bool is_visible(const std::string& text) {
    return printable(text, text.size()) == text && text.find_first_of("\n\t") == text.npos;
}

std::string escaped(char c, bool keeps_unicode) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
        return {'\\', c};
    }
    return byte < 0x20 || byte == 0x7f || (byte > 0x7f && !keeps_unicode)
               ? fmt::format("\\{:03o}", byte)
               : std::string(1, c);
}

std::vector<std::string> each_as_code(const std::vector<std::string>& texts) {
    std::vector<std::string> codes;
    for (const std::string& text : texts) {
        codes.push_back(code_of(text));
    }
    return codes;
}

}  // namespace

std::string code_of(std::int64_t value) {
    return fmt::format("{}", value);
}

std::string code_of(bool value) {
    return value ? "true" : "false";
}

std::string code_of(double value) {
    const std::string digits = fmt::format("{}", value);
    return digits.find_first_of(".e") == digits.npos ? digits + ".0" : digits;
}

std::string code_of(const std::string& text) {
    const bool keeps_unicode = is_visible(text);
    std::string code = "\"";
    for (const char c : text) {
        code += escaped(c, keeps_unicode);
    }
    return code + '"';
}

std::string code_of(const std::vector<std::string>& texts) {
    return fmt::format("std::vector<std::string>{{{}}}", fmt::join(each_as_code(texts), ", "));
}

std::string code_of(const std::map<std::string, std::string>& texts) {
    std::string code = "std::map<std::string, std::string>{";
    for (const auto& [name, text] : texts) {
        code += fmt::format("\n         {{{}, {}}},", code_of(name), code_of(text));
    }
    return code + '}';
}

void SettingLines::add_line(std::string_view key, std::string_view code) {
    text_ += fmt::format("    {{\"{}.{}\", {}}},\n", section_, key, code);
}

}  // namespace trilby::scaffold
