// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The data that a run was trained on, to evaluate its network.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "train/prepared_data.hpp"
#include "train/trained_run.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The data of the run. ErrorCode::bad_data if they have changed since. `folder` is that of
/// prepare().
[[nodiscard]] Result<PreparedData> own_data(const TrainedRun& run,
                                            const std::optional<std::filesystem::path>& folder);

/// The name of the part to evaluate on, which becomes the test part: "test", or "validation" if
/// there is no test part. ErrorCode::no_input if there is neither.
[[nodiscard]] Result<std::string> hold_out(PreparedData& data);

}  // namespace trilby::train
