// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Settings of a program, which belong either to its data or to its training.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <trilby/result.hpp>
#include <trilby/train.hpp>

namespace trilby {

/// As train::with_changes() takes them: "training.epochs=5".
[[nodiscard]] std::vector<std::string> changes_of(const Settings& settings);

/// ErrorCode::usage for a change that a Dataset would not use.
[[nodiscard]] Result<void> require_data_settings(const std::vector<std::string>& changes);

/// ErrorCode::usage for a change of the data or of the network, which fit() would not use. `option`
/// is where the changes come from.
[[nodiscard]] Result<void> require_training_settings(const std::vector<std::string>& changes,
                                                     std::string_view option);

}  // namespace trilby
