// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "validate/check_clock.hpp"

#include <algorithm>
#include <thread>

namespace trilby::validate {
namespace {

constexpr std::chrono::milliseconds event_interval(500);
constexpr std::chrono::duration<double> sleep_limit(0.1);

}  // namespace

bool CheckClock::takes_event() {
    const auto now = Clock::now();
    if (last_event_ && now - *last_event_ <= event_interval) {
        return false;
    }
    last_event_ = now;
    return true;
}

void CheckClock::sleep_towards(double part) const {
    std::this_thread::sleep_for(std::min(sleep_limit, budget_ * (part - progress())));
}

}  // namespace trilby::validate
