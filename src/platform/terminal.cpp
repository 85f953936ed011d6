// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include "platform/environment.hpp"

namespace trilby::platform {

Terminal terminal_of(int fd) {
    Terminal terminal;
    terminal.is_terminal = ::isatty(fd) == 1;
    if (!terminal.is_terminal) {
        return terminal;
    }
    const bool is_dumb = environment_variable("TERM").value_or("dumb") == "dumb";
    terminal.has_color = !is_dumb && !environment_variable("NO_COLOR");
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        terminal.columns = size.ws_col;
    }
    return terminal;
}

}  // namespace trilby::platform
