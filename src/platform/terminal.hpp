// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Properties of the terminal behind an output stream.

#pragma once

namespace trilby::platform {

struct Terminal {
    bool is_terminal = false;
    bool has_color = false;  ///< a terminal, TERM is not "dumb" and NO_COLOR is not set
    bool has_utf8 = false;   ///< a terminal, and the locale's encoding is UTF-8
    int columns = 80;
    int rows = 24;
};

/// `fd` is 1 for standard output, 2 for standard error.
[[nodiscard]] Terminal terminal_of(int fd);

}  // namespace trilby::platform
