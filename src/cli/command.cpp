// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/command.hpp"

#include <cstdio>
#include <fmt/format.h>

#include "base/json.hpp"

namespace trilby::cli {

int report_error(const Error& error, bool as_json) {
    const int exit_code = static_cast<int>(error.code);
    if (as_json) {
        const json::object document{
            {"error",
             {{"exit_code", exit_code}, {"message", error.message}, {"hint", error.hint}}}};
        fmt::print("{}", json::pretty(document));
    }
    fmt::print(stderr, "trilby: error: {}\n", error.message);
    if (!error.hint.empty()) {
        fmt::print(stderr, "trilby: hint: {}\n", error.hint);
    }
    return exit_code;
}

}  // namespace trilby::cli
