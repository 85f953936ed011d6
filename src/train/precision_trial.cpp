// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/precision_trial.hpp"

#include <fmt/format.h>

#include "train/events.hpp"

namespace trilby::train {

json::object PrecisionTrial::params() const {
    return refusal_ ? json::object{{"no_trial", *refusal_}} : json::object{};
}

void PrecisionTrial::take(const json::object& event) {
    is_on_ = type_of(event) == event_type;
}

bool PrecisionTrial::has_failed(const worker::Failure& failure) {
    const bool has_ended = failure.outcome == worker::Outcome::crashed ||
                           failure.outcome == worker::Outcome::exited ||
                           failure.outcome == worker::Outcome::timed_out;
    if (is_on_ && has_ended) {
        refusal_ = fmt::format("the trial of bfloat16 failed: {}", failure.error.message);
    }
    return std::exchange(is_on_, false) && has_ended;
}

}  // namespace trilby::train
