// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The validation of all devices of a backend, in the same forms as that of one (validation.hpp).

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "report/layout.hpp"
#include "validate/machine_validation.hpp"

namespace trilby::report {

struct DeviceVerdict {
    std::int64_t device = 0;
    validate::Verdict verdict = validate::Verdict::not_run;
};

/// The devices, each with what it reports without a load unless a check of the plan does so. What
/// is the same for all of them is there once. There is at least one device.
[[nodiscard]] SafeText device_list_text(const std::vector<validate::Validation>& devices,
                                        bool has_health, const Style& style,
                                        std::size_t label_columns);

/// A line for a check that all devices have finished.
[[nodiscard]] SafeText step_text(const validate::CheckInfo& check,
                                 const std::vector<DeviceVerdict>& verdicts, const Style& style);

/// "device 5, compute: matmul float32 is 8123 GFLOP/s, usual are 9900 GFLOP/s (of 8 devices)".
[[nodiscard]] std::string outlier_text(const validate::Outlier& outlier);
/// "device 3, matmul: 12 of 30 rounds gave other bits than most of 8 devices; first: round 5".
[[nodiscard]] std::string compared_bits_text(const validate::MachineValidation& validation);
[[nodiscard]] std::string bit_difference_text(const validate::BitDifference& difference);
/// "0000:1b:00.0: 1 of its 7 MIG instances validated".
[[nodiscard]] std::string unseen_text(const validate::UnseenCard& card);
/// "6 of 8 devices passed, 1 outlier".
[[nodiscard]] std::string counts_text(const validate::MachineValidation& validation);
/// What the devices have to do with each other: speeds alone and together, links, outliers,
/// different bits, and cards that no device stands for.
[[nodiscard]] SafeText relations_text(const validate::MachineValidation& validation,
                                      const Style& style);

/// The devices with what is wrong with them, the checks of the machine, the relations of the
/// devices, and the conclusion.
[[nodiscard]] SafeText to_text(const validate::MachineValidation& validation, const Style& style);

/// The document that docs/schemas/machine-validation-1.schema.json describes.
[[nodiscard]] json::object to_json(const validate::MachineValidation& validation);
/// A suite for each device, and one for what they have to do with each other.
[[nodiscard]] std::string to_junit(const validate::MachineValidation& validation);
[[nodiscard]] std::string to_html(const validate::MachineValidation& validation);
[[nodiscard]] SafeText to_summary(const validate::MachineValidation& validation);

}  // namespace trilby::report
