// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/print.hpp"

#include <cerrno>
#include <system_error>

namespace trilby {
namespace {

bool write(std::FILE* out, const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), out) == text.size();
}

}  // namespace

void print(const SafeText& text) {
    if (!write(stdout, text)) {
        throw std::system_error(errno, std::generic_category(), "cannot write to standard output");
    }
}

void print_to(std::FILE* out, const SafeText& text) {
    write(out, text);
}

void print_without_memory(std::FILE* out, Literal literal) {
    std::fputs(literal.text, out);
}

SafeText json_text(const json::value& document) {
    return SafeText::lines(json::pretty(document));
}

}  // namespace trilby
