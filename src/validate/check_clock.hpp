// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <optional>

namespace trilby::validate {

/// The time budget of a check.
class CheckClock {
  public:
    explicit CheckClock(std::chrono::duration<double> budget) : budget_(budget) {}

    /// Begins again, with the same budget.
    void restart() { start_ = Clock::now(); }

    [[nodiscard]] double budget_seconds() const { return budget_.count(); }
    /// The elapsed fraction of the budget: 0 to 1, or more after its end.
    [[nodiscard]] double progress() const { return (Clock::now() - start_) / budget_; }

    /// Whether a progress event is due: at once, and then twice a second.
    [[nodiscard]] bool takes_event();
    /// Sleeps until `part` of the budget has elapsed, but no longer than events may wait.
    void sleep_towards(double part) const;

  private:
    using Clock = std::chrono::steady_clock;

    std::chrono::duration<double> budget_;
    Clock::time_point start_ = Clock::now();
    std::optional<Clock::time_point> last_event_;
};

}  // namespace trilby::validate
