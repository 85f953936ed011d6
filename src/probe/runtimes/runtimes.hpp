// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Queries the vendors' runtimes and parses their answers.

#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "platform/file_tree.hpp"
#include "worker/failure.hpp"
#include <trilby/probe.hpp>

namespace trilby::sources {

struct AskOptions {
    std::filesystem::path worker_program;  ///< trilby-worker
    std::filesystem::path module;          ///< trilby-runtimes.so
    std::chrono::milliseconds limit;       ///< time for each runtime to answer
};

/// One object for each runtime: the answer described in docs/jobs.md and the runtime's name. Starts
/// one worker for each runtime, in parallel.
[[nodiscard]] json::array ask_runtimes(const AskOptions& options);

/// The state of a runtime whose worker ended with this outcome.
[[nodiscard]] RuntimeState state_of(worker::Outcome outcome);

/// The result of ask_runtimes(), live or recorded; absent if the runtimes were not queried.
[[nodiscard]] Observed<std::vector<Runtime>> read_runtimes(
    const platform::FileTree& tree, std::optional<std::chrono::milliseconds> limit);

/// Nothing if the text is not an array of objects. Invalid values inside are malformed.
[[nodiscard]] std::optional<std::vector<Runtime>> parse_runtimes(std::string_view text);

}  // namespace trilby::sources
