// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The folder of one run: recipe.toml (all settings), metrics.jsonl (one line per epoch),
/// checkpoint.safetensors, if wanted an event file and, at the end, result.json. It belongs to one
/// run at a time: as long as a RunFolder or a worker with its lock exists, no other one can be
/// created or reopened.

#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "platform/created_folders.hpp"
#include "platform/file_lock.hpp"
#include "train/checkpoint.hpp"
#include "train/events.hpp"
#include "train/metrics_file.hpp"
#include "train/recipe.hpp"
#include "train/run_files.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

class RunFolder {
  public:
    /// Creates `wanted`, or by default runs/NAME-N in the current folder with the first free N, and
    /// writes the recipe. `wanted` must not have a file that is named like one of a run.
    [[nodiscard]] static Result<RunFolder> create(
        Recipe recipe, const std::optional<std::filesystem::path>& wanted);
    /// Opens the folder of an earlier run, which must be writable. A run that was killed before its
    /// first checkpoint starts again. Calls `wait` while the worker of a killed run has the folder.
    [[nodiscard]] static Result<RunFolder> reopen(const std::filesystem::path& path,
                                                  const platform::WaitForChildren& wait = {});

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
    /// The descriptor that a worker inherits, so that the folder stays locked until it ends.
    [[nodiscard]] int lock_descriptor() const { return lock_.fd(); }
    [[nodiscard]] const Recipe& recipe() const { return recipe_; }
    [[nodiscard]] bool has_checkpoint() const;
    /// Whether tidy() keeps the run.
    [[nodiscard]] bool can_be_resumed() const { return is_reopened_ || has_checkpoint(); }
    [[nodiscard]] std::filesystem::path checkpoint_file() const;
    [[nodiscard]] std::filesystem::path metrics_file() const;
    [[nodiscard]] std::filesystem::path events_file() const;

    /// Adds the line of an epoch. It replaces lines of this epoch and later ones, which a run
    /// without a checkpoint may have left.
    [[nodiscard]] Result<void> add_metrics(std::int64_t epoch, const json::object& metrics);
    /// Adds the lines of a checkpoint's epochs that are missing, and removes those of later epochs.
    [[nodiscard]] Result<void> restore_metrics(const std::vector<std::string>& history);
    [[nodiscard]] Result<void> write_result(const json::object& result) const;
    /// The result of a run that has ended; nothing before that.
    [[nodiscard]] Result<std::optional<json::object>> result() const;

    /// Removes what a failed run need not keep: unfinished files, and everything that a new run
    /// created if it has no checkpoint, so that it can be repeated.
    void tidy() const;

  private:
    RunFolder(platform::CreatedFolders folder, bool is_reopened, Recipe recipe,
              platform::FileLock lock)
        : folder_(std::move(folder)),
          is_reopened_(is_reopened),
          recipe_(std::move(recipe)),
          lock_(std::move(lock)),
          metrics_(metrics_file()) {}

    void remove_unfinished_files() const;
    [[nodiscard]] Result<void> require_no_lost_checkpoint() const;

    platform::CreatedFolders folder_;
    bool is_reopened_;
    Recipe recipe_;
    platform::FileLock lock_;
    MetricsFile metrics_;
};

/// How a run has shared the machine so far, where its checkpoint says that.
[[nodiscard]] std::optional<Sharing> recorded_sharing(const std::filesystem::path& run);

/// Tidies a folder if the work in a scope does not finish, even because of an exception.
class TidyUnlessFinished {
  public:
    explicit TidyUnlessFinished(const RunFolder& folder) : folder_(folder) {}
    ~TidyUnlessFinished() {
        if (!is_finished_) {
            folder_.tidy();
        }
    }
    TidyUnlessFinished(const TidyUnlessFinished&) = delete;
    TidyUnlessFinished& operator=(const TidyUnlessFinished&) = delete;
    void finished() { is_finished_ = true; }

  private:
    const RunFolder& folder_;
    bool is_finished_ = false;
};

}  // namespace trilby::train
