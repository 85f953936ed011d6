// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The report of a program's run, as `trilby evaluate RUN --html` writes it for its own networks.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "backends/torch/task.hpp"
#include "libtrilby_train/started_device.hpp"
#include <trilby/result.hpp>

namespace trilby {

/// Reports a file that cannot be written, or that is the data or a part of the resumed run. Writes
/// that the run has not ended.
[[nodiscard]] Result<void> start_page(const std::optional<std::string>& file,
                                      const std::filesystem::path& data,
                                      const std::optional<std::string>& resumed_run);

/// `network` has the weights that the run ended with.
[[nodiscard]] Result<void> write_page(const std::filesystem::path& file,
                                      const std::filesystem::path& run,
                                      const backends::Network& network,
                                      const StartedDevice& device);

}  // namespace trilby
