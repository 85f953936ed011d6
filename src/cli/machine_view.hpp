// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The output while several devices are validated: a line for each check that all of them have
/// finished, and on a terminal a bar for the running one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <vector>

#include "report/layout.hpp"
#include "report/machine_validation.hpp"
#include "report/progress_line.hpp"

namespace trilby::cli {

class MachineView {
  public:
    /// Writes to `out`, which the caller owns.
    MachineView(std::FILE* out, const std::vector<validate::PlannedCheck>& plan);

    void show(const std::vector<validate::Validation>& devices);
    /// Any thread may call these two. The devices are at the same check. Its line ends with the
    /// last result. If a device has none, progress or a result of the next check ends it.
    void show(const validate::PlannedCheck& running, double part);
    void show(std::int64_t device, const validate::CheckResult& result);
    void show(const validate::MachineValidation& validation);

  private:
    void end_line();
    void print(const SafeText& text);

    std::mutex mutex_;
    std::FILE* out_;
    report::ProgressLine bar_;
    report::Style style_;
    double planned_seconds_ = 0;
    bool has_health_ = false;  ///< a check that reports what the devices say at rest
    std::size_t devices_ = 0;
    const validate::CheckInfo* check_ = nullptr;  ///< of the line
    std::vector<report::DeviceVerdict> verdicts_;
};

}  // namespace trilby::cli
