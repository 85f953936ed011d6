// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "report/progress_line.hpp"

#include <utility>

#include "base/print.hpp"
#include "platform/terminal.hpp"

namespace trilby::report {

ProgressLine::ProgressLine(std::FILE* out)
    : out_(out), is_on_terminal_(platform::terminal_of(::fileno(out)).is_terminal) {}

void ProgressLine::show(const SafeText& text) {
    if (is_on_terminal_) {
        print_to(out_, "\r\x1b[K" + text);
        std::fflush(out_);
        is_shown_ = true;
    }
}

void ProgressLine::clear() {
    if (std::exchange(is_shown_, false)) {
        print_to(out_, "\r\x1b[K");
        std::fflush(out_);
    }
}

}  // namespace trilby::report
