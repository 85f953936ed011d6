// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Reads metrics.jsonl of a run, which may have a million lines and may be replaced meanwhile.

#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string_view>

#include "platform/large_file.hpp"
#include "train/events.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The last epoch in the file; nothing if it has none or does not exist. Only its end is read.
[[nodiscard]] Result<std::optional<EpochEvent>> read_last_epoch(const std::filesystem::path& file);

/// Nothing for a damaged line.
[[nodiscard]] std::optional<EpochEvent> parse_epoch(std::string_view line);

class MetricsReader {
  public:
    /// The file need not exist yet.
    explicit MetricsReader(std::filesystem::path file) : file_(std::move(file)) {}

    /// Calls `take` with each whole line after those that earlier calls took, until it returns
    /// false. Lines that are too long for any run are left out.
    [[nodiscard]] Result<void> read_new_lines(const std::function<bool(std::string_view)>& take);

    /// Calls `take` with each epoch after those that earlier calls took, until it returns false.
    /// Damaged lines are left out.
    [[nodiscard]] Result<void> read_new(const std::function<bool(const EpochEvent&)>& take);

    /// Whether the file ended within a line.
    [[nodiscard]] bool has_half_line() const { return has_half_line_; }

  private:
    std::filesystem::path file_;
    bool has_half_line_ = false;
    std::uint64_t offset_ = 0;  ///< of the first line that was not read
    std::int64_t last_epoch_ = 0;
};

}  // namespace trilby::train
