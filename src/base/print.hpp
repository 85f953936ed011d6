// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The only way to standard output and standard error. tests/layering_test.py refuses all others.

#pragma once

#include <cstdio>

#include "base/json.hpp"
#include "base/safe_text.hpp"

namespace trilby {

/// Prints on standard output. Throws std::system_error if it is closed or full.
void print(const SafeText& text);

/// For messages that must not stop the work: a closed or full stream only gets its error flag set.
void print_to(std::FILE* out, const SafeText& text);

/// A literal of the program: nothing else can become one.
struct Literal {
    template <std::size_t size>
    consteval Literal(const char (&literal)[size]) : text(literal) {}
    const char* text;
};

/// Like print_to(), where there may be no memory left to make a SafeText.
void print_without_memory(std::FILE* out, Literal literal);

template <class... T>
void print(fmt::format_string<SafeArgument<T>...> format, const T&... values) {
    print(SafeText::format(format, values...));
}

template <class... T>
void print_to(std::FILE* out, fmt::format_string<SafeArgument<T>...> format, const T&... values) {
    print_to(out, SafeText::format(format, values...));
}

/// The lines of a document, whose texts have no line feeds or controls.
[[nodiscard]] SafeText json_text(const json::value& document);

}  // namespace trilby
