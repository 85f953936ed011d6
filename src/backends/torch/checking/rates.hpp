// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <utility>
#include <vector>

#include "backends/torch/checking/check_run.hpp"

namespace trilby::backends {

/// The speed of one operation over the time of a check.
class Rates {
  public:
    explicit Rates(const validate::Quantity& quantity) : quantity_(quantity) {}

    /// `work` is in the unit of the quantity, times a second.
    void add(double part_of_time, double work, Timing timing);

    /// Forgets all that was added.
    void clear() { *this = Rates(quantity_); }

    /// All that was added, in the unit of the quantity, times a second.
    [[nodiscard]] double work() const { return work_; }

    /// Measures the median and plots all rates.
    void measure(CheckRun& run) const;
    /// Expects that the rate does not fall. Only the time counts in which the device worked, not
    /// that in which a CPU served others. Short runs are not judged.
    void judge(CheckRun& run) const;
    /// Measures and judges.
    void report(CheckRun& run) const;

  private:
    validate::Quantity quantity_;
    double work_ = 0;
    double busy_seconds_ = 0;
    std::vector<double> rates_;
    std::vector<double> busy_rates_;
    std::vector<std::pair<double, double>> points_;
};

}  // namespace trilby::backends
