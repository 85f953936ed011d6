// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// What a dashboard says about a run, in words.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/dashboard.hpp"

namespace trilby::report {

struct Fact {
    std::string_view label;
    std::string text;
};

struct StateWords {
    std::string_view text;
    Paint paint;
};

/// "training", "finished", "no sign of life"
[[nodiscard]] StateWords state_words(const Dashboard& dashboard);

/// A message for the user; empty if there is none.
[[nodiscard]] std::string notice_of(const Dashboard& dashboard);

/// The value of a metric as it is written; empty where there is none.
[[nodiscard]] std::string value_text(const std::string& metric, const train::Metrics& metrics);

/// The part of the run that is done: of the steps where they are known, else of the epochs.
[[nodiscard]] double part_done(const Dashboard& dashboard);

/// The most important first. Facts that are not known are left out.
[[nodiscard]] std::vector<Fact> facts_of(const Dashboard& dashboard);

/// A time from a file, made one that can be added and shown.
[[nodiscard]] double moderate(double seconds);

}  // namespace trilby::report
