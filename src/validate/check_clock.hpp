// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <optional>

namespace trilby::validate {

/// The time that a check has.
class CheckClock {
  public:
    explicit CheckClock(std::chrono::duration<double> budget) : budget_(budget) {}

    [[nodiscard]] double budget_seconds() const { return budget_.count(); }
    /// The part of the budget that is over: from 0 to 1, and more after its end.
    [[nodiscard]] double progress() const { return (Clock::now() - start_) / budget_; }

    /// Whether an event that reports the progress is due: at first, and then twice a second.
    [[nodiscard]] bool takes_event();
    /// Sleeps until that part of the budget is over, but only as long as events may wait.
    void sleep_towards(double part) const;

  private:
    using Clock = std::chrono::steady_clock;

    std::chrono::duration<double> budget_;
    Clock::time_point start_ = Clock::now();
    std::optional<Clock::time_point> last_event_;
};

}  // namespace trilby::validate
