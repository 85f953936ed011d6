// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "validate/check_report.hpp"
#include "validate/quantities.hpp"

namespace trilby::validate {

/// The number of wrong values that a report keeps.
inline constexpr std::size_t most_mismatches = 16;

/// The comparison of one result with its expected values.
struct ComparedResult {
    std::string what;  ///< operation and type; details follow after a comma
    std::uint64_t values = 0;
    std::uint64_t wrong = 0;
    std::vector<Mismatch> mismatches = {};  ///< the first wrong values, at most most_mismatches
    std::optional<Series> error_map = {};   ///< where the wrong values are
};

/// The report of a check while it grows.
class Findings {
  public:
    void begin_round() { ++report_.rounds; }
    [[nodiscard]] std::uint64_t rounds() const { return report_.rounds; }
    [[nodiscard]] std::uint64_t values_compared() const { return report_.values_compared; }
    [[nodiscard]] bool has_wrong_values() const { return report_.values_wrong > 0; }

    void add(ComparedResult result);
    /// Adds something that was checked but does not follow from the compared results.
    void add_covered(const std::string& what);
    /// The device or its library does not have this operation.
    void add_lacking(const std::string& what);
    /// `unshared` is the value that a device without other users would have reached, if known.
    void measure(const Quantity& quantity, double value, std::string basis,
                 std::optional<double> unshared = std::nullopt);
    /// The reason if nothing is compared in the end.
    void explain_skip(SkipReason reason, std::string why);
    /// How the check is carried out, where there are several ways. The message ends with it.
    void set_way(std::string way) { way_ = std::move(way); }
    void set_work(AmountOfWork work) { report_.work = std::move(work); }
    void plot(Series series) { report_.series.push_back(std::move(series)); }

    /// The report with its verdict: `skip` if there was nothing to compare or to measure.
    [[nodiscard]] CheckReport finish(std::uint64_t faults_injected) &&;

  private:
    struct Skip {
        SkipReason reason;
        std::string why;
    };

    CheckReport report_;
    std::string way_;
    Skip skip_{SkipReason::not_supported,
               "this LibTorch has none of the operations for this device"};
};

}  // namespace trilby::validate
