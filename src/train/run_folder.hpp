// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The folder of one run: recipe.toml (all settings), metrics.jsonl (one line per epoch),
/// checkpoint.safetensors and, at the end, result.json.

#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "train/recipe.hpp"
#include <trilby/result.hpp>

namespace trilby::train {

class RunFolder {
  public:
    /// Creates `wanted`, which must not contain a run, or runs/NAME-N in the current folder with
    /// the first free N, and writes the recipe.
    [[nodiscard]] static Result<RunFolder> create(
        const Recipe& recipe, const std::optional<std::filesystem::path>& wanted);
    /// Opens the folder of an earlier run, which must have a checkpoint and be writable.
    [[nodiscard]] static Result<RunFolder> reopen(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] const Recipe& recipe() const { return recipe_; }
    [[nodiscard]] std::filesystem::path checkpoint_file() const;
    [[nodiscard]] std::filesystem::path metrics_file() const;

    /// Adds the line of an epoch. It replaces lines of this epoch and later ones, which a run
    /// without a checkpoint may have left.
    [[nodiscard]] Result<void> add_metrics(std::int64_t epoch, const json::object& metrics);
    [[nodiscard]] Result<void> write_result(const json::object& result) const;
    /// The result of a run that has ended; nothing before that.
    [[nodiscard]] Result<std::optional<json::object>> result() const;

    /// Removes what a failed run need not keep: unfinished files, and everything if there is no
    /// checkpoint, so that the run can be repeated.
    void tidy() const;

  private:
    RunFolder(std::filesystem::path path, Recipe recipe, bool was_created)
        : path_(std::move(path)), recipe_(std::move(recipe)), was_created_(was_created) {}

    std::filesystem::path path_;
    Recipe recipe_;
    bool was_created_;  ///< by create()
};

}  // namespace trilby::train
