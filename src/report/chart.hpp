// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Curves over the epochs of a run, drawn with characters.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "report/screen_line.hpp"
#include "train/metrics.hpp"

namespace trilby::report {

/// Values by epoch, in memory that does not grow with their number: of many epochs, neighbors are
/// kept as a stretch with its smallest and its largest value.
class Curve {
  public:
    struct Stretch {
        std::int64_t first = 0;  ///< epoch
        std::int64_t last = 0;
        double low = 0.0;
        double high = 0.0;
    };
    static constexpr std::size_t most_stretches = 2048;

    /// `epoch` is later than those before. Values that cannot be drawn, since they are not finite
    /// or almost not, are left out.
    void add(std::int64_t epoch, double value);
    [[nodiscard]] const std::vector<Stretch>& stretches() const { return stretches_; }

  private:
    std::vector<Stretch> stretches_;
    std::size_t epochs_per_stretch_ = 1;
    std::size_t epochs_in_last_ = 0;
};

/// Curves in the same axes. `metric` says how their values are written.
struct Chart {
    struct Line {
        std::string name;
        const Curve* curve;
        Paint paint = Paint::plain;
    };
    std::string title;
    train::MetricKind metric;
    std::vector<Line> lines;
};

/// The least rows of a chart: its title, three of values and that of the epochs.
inline constexpr int least_chart_rows = 5;

/// `rows` lines of at most `columns`. The axis of positive values that differ by a factor of a
/// hundred is logarithmic.
[[nodiscard]] std::vector<ScreenLine> draw(const Chart& chart, const Window& window, int columns,
                                           int rows);

}  // namespace trilby::report
