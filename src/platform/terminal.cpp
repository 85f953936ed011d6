// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/terminal.hpp"

#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.hpp"
#include "platform/environment.hpp"

namespace trilby::platform {
namespace {

/// The first of these variables that is set decides (POSIX). The C library would have to load the
/// locale, which need not be installed where the terminal is another machine's.
bool is_locale_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        if (const auto locale = environment_variable(name)) {
            const std::string lower = lower_case(*locale);
            return lower.contains("utf-8") || lower.contains("utf8");
        }
    }
    return false;
}

}  // namespace

Terminal terminal_of(int fd) {
    Terminal terminal;
    terminal.is_terminal = ::isatty(fd) == 1;
    if (!terminal.is_terminal) {
        return terminal;
    }
    const bool is_dumb = environment_variable("TERM").value_or("dumb") == "dumb";
    terminal.has_color = !is_dumb && !environment_variable("NO_COLOR");
    terminal.has_utf8 = is_locale_utf8();
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        terminal.columns = size.ws_col;
        terminal.rows = size.ws_row;
    }
    return terminal;
}

}  // namespace trilby::platform
