// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The line that shows the progress of a training run.

#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace trilby::report {

struct TrainingProgress {
    std::int64_t epoch = 1;  ///< from 1
    std::int64_t epochs = 1;
    std::int64_t step = 0;  ///< done, of all epochs
    std::int64_t steps = 1;
    double training_loss = 0.0;
    std::string rate;  ///< "1,000 images/s"
    std::chrono::duration<double> time_left{};
};

/// The time that the steps after `step` will take at the rate of those since `first_step`, which
/// took `elapsed`.
[[nodiscard]] std::chrono::duration<double> time_left(std::chrono::duration<double> elapsed,
                                                      std::int64_t first_step, std::int64_t step,
                                                      double steps);

/// "[#####...............]" for `fraction` from 0 to 1.
[[nodiscard]] std::string bar(double fraction);

/// A bar that fits into `columns`; what does not fit is left out, from the end.
[[nodiscard]] std::string progress_bar(const TrainingProgress& progress, int columns);

/// The same without a bar, for logs.
[[nodiscard]] std::string progress_line(const TrainingProgress& progress);

}  // namespace trilby::report
