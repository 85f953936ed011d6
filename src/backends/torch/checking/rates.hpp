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

    /// Measures the median and plots all rates. For a CPU, the measurement also says what it would
    /// be if no other program used the CPU.
    void measure(CheckRun& run) const;
    /// Expects that the rate does not fall. A CPU that served others does not count as slower.
    /// Short runs are not judged.
    void judge(CheckRun& run) const;
    /// Measures and judges.
    void report(CheckRun& run) const;

  private:
    [[nodiscard]] bool is_shared() const;

    validate::Quantity quantity_;
    double work_ = 0;
    Timing sum_;
    std::vector<double> rates_;
    std::vector<double> unshared_rates_;
    std::vector<double> cpu_rates_;
    std::vector<std::pair<double, double>> points_;
};

}  // namespace trilby::backends
