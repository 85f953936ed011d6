// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The file of `--expect`, TOML: what a machine should have, and the speeds that it should reach.

#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "validate/expectation.hpp"
#include "validate/inventory.hpp"
#include "validate/validation.hpp"
#include <trilby/result.hpp>

namespace trilby::validate {

/// The least speeds of one backend.
struct SpeedLimits {
    std::string backend;       ///< empty if there are no limits
    std::int64_t threads = 0;  ///< CPU threads that the limits are for; 0 if any
    /// The least speeds, by check and quantity.
    std::map<std::string, std::map<std::string, double>> least;
};

struct Expected {
    std::string file;  ///< its name, for messages
    Inventory inventory;
    SpeedLimits limits;
};

/// The file is not trusted. ErrorCode::no_input if it cannot be read; ErrorCode::bad_data, with the
/// line, for anything that is not understood.
[[nodiscard]] Result<Expected> read_expected(const std::filesystem::path& path);
[[nodiscard]] Result<Expected> parse_expected(std::string_view text, std::string_view where);

/// Whether the file says for each card how many lanes of PCI Express are right.
[[nodiscard]] bool has_lanes(const Expected& expected);

/// Drops the limits of checks that will not run.
void keep_limits_of(Expected& expected, const std::vector<PlannedCheck>& plan);

/// The limits of a check as thresholds.
[[nodiscard]] std::vector<Expectation> limits_of(const Expected& expected, const CheckInfo& check);

/// Compares a machine with what it should have. The verdict is `skip` if a fact that is expected
/// could not be read. The backend of `subject` is empty if no device could be used.
[[nodiscard]] CheckResult check_inventory(const PlannedCheck& planned, const Expected& expected,
                                          const Inventory& found, const Subject& subject);

/// The file for a machine that is as it should be. The limits are a share of the speeds that the
/// checks measured, if they did.
[[nodiscard]] std::string expected_text(const Inventory& inventory, const Validation& validation);

/// The share of a measured speed that a written file demands.
inline constexpr double share_of_speed = 0.9;

}  // namespace trilby::validate
