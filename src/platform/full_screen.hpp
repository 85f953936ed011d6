// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The whole window of the terminal behind standard output.

#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <termios.h>
#include <vector>

#include "base/safe_text.hpp"
#include "platform/file_descriptor.hpp"
#include "platform/interrupt.hpp"

namespace trilby::platform {

/// While a screen exists, the window shows the lines that are drawn, the keys are not echoed, and
/// Ctrl-Z gives the terminal back until the process continues. Afterwards, the window shows what it
/// showed before. Standard output must be a terminal, and there is one screen at a time.
class FullScreen {
  public:
    /// `interrupts` ends wait() early and must outlive the screen.
    explicit FullScreen(InterruptWatch& interrupts);
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    /// Draws the lines from the first row on. None may be wider than the window. Only lines that
    /// changed are written.
    void draw(const std::vector<SafeText>& lines);

    static constexpr char end_of_input = 4;  ///< Ctrl-D, or the terminal is gone
    /// Waits for a key, a resized window or an interrupt. Returns the key if there is one.
    std::optional<char> wait(std::chrono::milliseconds limit);

  private:
    void enter();
    void leave();
    void suspend();
    void take_signals();

    InterruptWatch& interrupts_;
    FileDescriptor signals_;
    sigset_t previous_signals_{};
    termios previous_settings_{};
    bool is_shown_ = false;
    std::vector<SafeText> drawn_;  ///< one for each row; empty if all rows must be drawn
    int columns_ = 0;              ///< of the window when they were drawn
};

}  // namespace trilby::platform
