// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The words that all reports about a self-test use.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/validation.hpp"
#include "validate/self_test.hpp"

namespace trilby::report {

inline constexpr std::string_view self_test_method =
    "Each fault is put between a computation on the device and the comparison of its result, where "
    "the fault of a broken device would show. Only faults that changed something count as "
    "injected. "
    "Rates have their 95 % confidence interval (Wilson). The time is from the start of the check's "
    "process to its verdict, for the faults that were detected.";

inline constexpr std::string_view self_test_limits =
    "The self-test says nothing about faults that never reach a result, about parts of the device "
    "that no check uses, and about other faults than these. A fault of the hardware may be rarer "
    "than an injected one, and then takes longer to detect.";

/// "100.00 % (56.55 to 100.00 %)"
[[nodiscard]] std::string rate_text(const validate::Rate& rate);
/// "1.2 s, 95 % within 3.4 s"; empty if nothing was detected.
[[nodiscard]] std::string times_text(const validate::FaultDetection& detection);
/// "5 of 5 detected, 100.00 % (56.55 to 100.00 %)", or "not injected".
[[nodiscard]] std::string detection_text(std::uint64_t detected, std::uint64_t injected);
/// "0 in 25 runs without a fault, 0.00 % (0.00 to 13.32 %)"
[[nodiscard]] std::string false_alarms_text(const validate::SelfTest& self_test);
/// A trial that ended for another reason than its fault. The name is that of the check, the text is
/// "tile at level 1: out-of-memory: no room".
[[nodiscard]] std::vector<NamedText> other_ends(const validate::SelfTest& self_test);
/// "2 trials ended for another reason than their fault, and count neither as injected nor as
/// detected"; empty if there is none.
[[nodiscard]] std::string other_ends_text(const validate::SelfTest& self_test);
/// "1, 2; 3 trials per fault and check, seed 7"
[[nodiscard]] std::string level_and_trials_text(const validate::SelfTestRun& run);

}  // namespace trilby::report
