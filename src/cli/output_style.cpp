// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/output_style.hpp"

#include <unistd.h>

#include "platform/terminal.hpp"

namespace trilby::cli {

report::Style output_style() {
    const platform::Terminal terminal = platform::terminal_of(STDOUT_FILENO);
    return {.columns = terminal.columns, .has_color = terminal.has_color};
}

}  // namespace trilby::cli
