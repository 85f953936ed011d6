// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The event file of a run, which shows its curves in TensorBoard.

#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "platform/file_descriptor.hpp"
#include "train/event_record.hpp"
#include "train/events.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

/// The content follows from recipe.toml, metrics.jsonl and result.json alone. What an earlier
/// process left may be damaged, cut off or ahead of the checkpoint, so it is kept up to the first
/// difference and replaced from there on. The file itself is never replaced, because TensorBoard
/// keeps it open.
class EventFile {
  public:
    /// Opens the file in the folder of a run, or creates it, with the epochs of metrics.jsonl. The
    /// caller has the lock of the run.
    [[nodiscard]] static Result<EventFile> open(const std::filesystem::path& run);

    [[nodiscard]] Result<void> add(const EpochEvent& epoch);
    [[nodiscard]] Result<void> add(const TrainingResult& result);

  private:
    EventFile(platform::FileDescriptor file, std::filesystem::path path, double time_s)
        : file_(std::move(file)), path_(std::move(path)), time_s_(time_s) {}

    [[nodiscard]] Result<void> add_epochs(const std::filesystem::path& metrics);
    [[nodiscard]] Result<void> put(std::string_view record);
    [[nodiscard]] bool is_there(std::string_view record) const;
    [[nodiscard]] Result<void> write(std::string_view record);
    [[nodiscard]] Result<void> cut_off() const;

    platform::FileDescriptor file_;
    std::filesystem::path path_;
    double time_s_;  ///< when the run was started, plus the seconds of its epochs
    std::uint64_t position_ = 0;
};

/// Brings the event file of a run up to date, or creates it. ErrorCode::no_input for a folder that
/// is not a run, and ErrorCode::cannot_create for a run that is being trained.
[[nodiscard]] Result<std::filesystem::path> write_event_file(const std::filesystem::path& run);

}  // namespace trilby::train
