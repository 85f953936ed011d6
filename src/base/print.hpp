// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace trilby {

/// fmt::print() for messages that must not stop the work: a closed or full stream only gets its
/// error flag set, nothing is thrown.
template <class... T>
void print_to(std::FILE* out, fmt::format_string<T...> format, T&&... values) {
    std::fputs(fmt::format(format, std::forward<T>(values)...).c_str(), out);
}

}  // namespace trilby
