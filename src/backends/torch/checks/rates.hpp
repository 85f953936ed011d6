// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <utility>
#include <vector>

#include "backends/torch/checks/check_run.hpp"

namespace trilby::backends {

/// How fast one operation was, over the time of a check.
class Rates {
  public:
    Rates(std::string name, std::string unit) : name_(std::move(name)), unit_(std::move(unit)) {}

    /// `work` in units of the rate, times a second.
    void add(double part_of_time, double work, Timing timing);

    /// Measures the median and plots all.
    void measure(CheckRun& run) const;
    /// Wants the rate to last. It is judged against itself, by the time that the device worked:
    /// what a CPU waited for others does not count, and what is over too soon is not judged.
    void judge(CheckRun& run) const;
    /// Both.
    void report(CheckRun& run) const;

  private:
    std::string name_;
    std::string unit_;
    double busy_seconds_ = 0;
    std::vector<double> rates_;
    std::vector<double> busy_rates_;
    std::vector<std::pair<double, double>> points_;
};

}  // namespace trilby::backends
