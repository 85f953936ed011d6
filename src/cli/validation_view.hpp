// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The output while checks run: a line for each finished check, and on a terminal a bar for the
/// running one.

#pragma once

#include <cstdio>
#include <vector>

#include "report/layout.hpp"
#include "report/progress_line.hpp"
#include "validate/comparison.hpp"
#include "validate/self_test.hpp"
#include "validate/validation.hpp"

namespace trilby::cli {

class ValidationView {
  public:
    /// Writes to `out`, which the caller owns.
    ValidationView(std::FILE* out, const std::vector<validate::PlannedCheck>& plan);

    void show(const Machine& machine, const validate::Subject& subject);
    void show(const validate::PlannedCheck& running, double part);
    void show(const validate::CheckResult& result);
    void show(const validate::SelfTestCell& cell);
    void show(const validate::Validation& validation);
    void show(const validate::Comparison& comparison);
    /// Removes the bar, so that something else can be printed.
    void clear() { bar_.clear(); }

  private:
    void print(const SafeText& text);

    std::FILE* out_;
    report::ProgressLine bar_;
    report::Style style_;
    double planned_seconds_ = 0;
    bool has_health_ = false;  ///< a check that reports what the device says at rest
};

}  // namespace trilby::cli
