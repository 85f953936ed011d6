// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// Writes metrics.jsonl, which has one line for each epoch of a run, in their order.

#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <trilby/result.hpp>

namespace trilby::train {

class MetricsFile {
  public:
    explicit MetricsFile(std::filesystem::path path) : path_(std::move(path)) {}

    /// The number of epochs in the file.
    [[nodiscard]] Result<std::size_t> count() const;
    /// Adds the line of an epoch. It replaces lines of this epoch and later ones. The time that
    /// this takes does not grow with the file. A line that does not fit on the disk leaves nothing.
    [[nodiscard]] Result<void> add(std::int64_t epoch, const std::string& line);
    /// Adds the lines of the last epochs that are missing, and removes the lines of later epochs.
    [[nodiscard]] Result<void> restore(const std::vector<std::string>& last_lines);

  private:
    using Lines = std::map<std::int64_t, std::string>;

    /// The valid lines by epoch.
    [[nodiscard]] Result<Lines> read() const;
    [[nodiscard]] Result<void> replace(const Lines& lines) const;
    [[nodiscard]] Result<void> append(const std::string& line) const;

    std::filesystem::path path_;
    std::int64_t last_epoch_ = 0;  ///< of the lines that were added
};

}  // namespace trilby::train
