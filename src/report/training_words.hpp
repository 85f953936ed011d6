// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// How people are told what training reports.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/safe_text.hpp"
#include "train/events.hpp"
#include "train/metrics.hpp"

namespace trilby::report {

/// "validation accuracy 92.10 %"; empty for an unknown metric and for a part without it.
[[nodiscard]] std::string in_words(std::string_view part, std::string_view metric,
                                   const train::Metrics& metrics);

/// "5,230 images/s", from a speed as a backend reports it.
[[nodiscard]] std::string speed_in_words(double units_per_second, std::string_view unit);

/// What a run has in common for all of its epochs.
struct RunWords {
    std::string_view metric;  ///< the name of the deciding one
    std::string_view unit;    ///< of the speed
    std::int64_t epochs = 0;  ///< of the recipe
};

/// The line that `trilby train` prints for an epoch.
[[nodiscard]] SafeText epoch_line(const train::EpochEvent& epoch, const RunWords& run);

}  // namespace trilby::report
