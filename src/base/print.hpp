// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace trilby {

/// As fmt::print(), for what is said beside the work: a stream that is closed or full does not
/// throw, it only has its error flag set.
template <class... T>
void print_to(std::FILE* out, fmt::format_string<T...> format, T&&... values) {
    std::fputs(fmt::format(format, std::forward<T>(values)...).c_str(), out);
}

}  // namespace trilby
