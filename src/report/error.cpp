// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/error.hpp"

#include <cstdio>

#include "base/json.hpp"
#include "base/print.hpp"
#include "report/layout.hpp"

namespace trilby::report {

int print_error(const Error& error, bool as_json) {
    constexpr std::size_t limit_bytes = 4096;
    const int exit_code = static_cast<int>(error.code);
    // Messages contain paths and text from outside, which must not forge lines or control a
    // terminal.
    const std::string message = one_line(error.message, limit_bytes);
    const std::string hint = one_line(error.hint, limit_bytes);
    if (as_json && std::ferror(stdout) == 0) {
        const json::object document{
            {"error", {{"exit_code", exit_code}, {"message", message}, {"hint", hint}}}};
        std::fputs(json::pretty(document).c_str(), stdout);
    }
    print_to(stderr, "trilby: error: {}\n", message);
    if (!hint.empty()) {
        print_to(stderr, "trilby: hint: {}\n", hint);
    }
    return exit_code;
}

}  // namespace trilby::report
