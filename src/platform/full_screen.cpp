// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "platform/full_screen.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#include <poll.h>
#include <string>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/print.hpp"
#include "platform/terminal.hpp"

namespace trilby::platform {
namespace {

sigset_t set_of(std::initializer_list<int> signals) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : signals) {
        ::sigaddset(&set, signal);
    }
    return set;
}

void write_now(const SafeText& text) {
    print_to(stdout, text);
    std::fflush(stdout);
}

}  // namespace

FullScreen::FullScreen(InterruptWatch& interrupts) : interrupts_(interrupts) {
    // Blocked, and read from a descriptor: so they are handled between two drawings.
    const sigset_t handled = set_of({SIGWINCH, SIGTSTP, SIGCONT});
    ::pthread_sigmask(SIG_BLOCK, &handled, &previous_signals_);
    signals_ = FileDescriptor(::signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK));
    enter();
}

FullScreen::~FullScreen() {
    leave();
    ::pthread_sigmask(SIG_SETMASK, &previous_signals_, nullptr);
}

void FullScreen::enter() {
    if (!is_shown_) {
        ::tcgetattr(STDOUT_FILENO, &previous_settings_);
    }
    termios settings = previous_settings_;
    settings.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    ::tcsetattr(STDOUT_FILENO, TCSADRAIN, &settings);
    // The alternate screen, without a cursor. Lines that a terminal takes for wider than they are
    // must not wrap.
    write_now("\x1b[?1049h\x1b[?25l\x1b[?7l");
    drawn_.clear();
    is_shown_ = true;
}

void FullScreen::leave() {
    if (is_shown_) {
        write_now("\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l");
        ::tcsetattr(STDOUT_FILENO, TCSADRAIN, &previous_settings_);
        is_shown_ = false;
    }
}

/// Stops the process as Ctrl-Z does, until it continues.
void FullScreen::suspend() {
    leave();
    const sigset_t stop = set_of({SIGTSTP});
    ::raise(SIGTSTP);
    ::pthread_sigmask(SIG_UNBLOCK, &stop, nullptr);
    ::pthread_sigmask(SIG_BLOCK, &stop, nullptr);
    // A shell continues a process in the background to end it. There, it could only stop again.
    if (interrupts_.count() == 0) {
        enter();
    }
}

void FullScreen::take_signals() {
    signalfd_siginfo signal{};
    while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal) {
        if (signal.ssi_signo == SIGTSTP) {
            suspend();
        } else if (signal.ssi_signo == SIGCONT && is_shown_) {
            enter();  // after a SIGSTOP, the shell has set the terminal for itself
        }
    }
}

std::optional<char> FullScreen::wait(std::chrono::milliseconds limit) {
    // Where standard input is a file, there are no keys.
    const int keys = ::isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : -1;
    std::array<pollfd, 3> events{
        {{keys, POLLIN, 0}, {signals_.get(), POLLIN, 0}, {interrupts_.fd(), POLLIN, 0}}};
    ::poll(events.data(), events.size(), static_cast<int>(limit.count()));
    take_signals();
    // Asked again: while the process was stopped, another one may have read the key.
    if (::poll(events.data(), 1, 0) <= 0) {
        return std::nullopt;
    }
    char key = end_of_input;
    return ::read(STDIN_FILENO, &key, 1) == 1 ? key : end_of_input;
}

void FullScreen::draw(const std::vector<SafeText>& lines) {
    if (!is_shown_) {
        return;
    }
    const Terminal window = terminal_of(STDOUT_FILENO);
    const auto rows = static_cast<std::size_t>(window.rows);
    SafeText changes;
    if (drawn_.size() != rows || columns_ != window.columns) {
        changes = "\x1b[2J";
        drawn_.assign(rows, SafeText());
        columns_ = window.columns;
    }
    for (std::size_t row = 0; row < rows; ++row) {
        const SafeText line = row < lines.size() ? lines[row] : SafeText();
        if (!(line == static_cast<const std::string&>(drawn_[row]))) {
            // Cleared first: after a line as wide as the window, the cursor is on its last column.
            changes += SafeText::format("\x1b[{};1H\x1b[K", row + 1) + line;
            drawn_[row] = line;
        }
    }
    if (!changes.empty()) {
        write_now(changes);
    }
}

}  // namespace trilby::platform
