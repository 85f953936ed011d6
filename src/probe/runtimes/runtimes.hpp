// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The vendors' runtimes: asking them, and reading what they said.

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
    std::chrono::milliseconds limit;       ///< of one runtime's silence
};

/// One object for each runtime, as docs/jobs.md has the answer, with its name. Starts one worker
/// for each, side by side.
[[nodiscard]] json::array ask_runtimes(const AskOptions& options);

/// What it means for a runtime that its worker ended so.
[[nodiscard]] RuntimeState state_of(worker::Outcome outcome);

/// What ask_runtimes() gave, now or when the tree was recorded; absent if nobody asked.
[[nodiscard]] Observed<std::vector<Runtime>> read_runtimes(
    const platform::FileTree& tree, std::optional<std::chrono::milliseconds> limit);

/// Nothing if it is not an array of objects; what is wrong within is malformed.
[[nodiscard]] std::optional<std::vector<Runtime>> parse_runtimes(std::string_view text);

}  // namespace trilby::sources
