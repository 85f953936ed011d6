// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdio>

#include "base/safe_text.hpp"

namespace trilby::report {

/// A line on a terminal that is replaced while work goes on. Elsewhere, nothing is written.
class ProgressLine {
  public:
    /// Writes to `out`, which the caller owns.
    explicit ProgressLine(std::FILE* out);

    [[nodiscard]] bool is_on_terminal() const { return is_on_terminal_; }
    /// A text that is wider than the window cannot be cleared.
    void show(const SafeText& text);
    /// Removes the line before other output.
    void clear();

  private:
    std::FILE* out_;
    bool is_on_terminal_;
    bool is_shown_ = false;
};

}  // namespace trilby::report
