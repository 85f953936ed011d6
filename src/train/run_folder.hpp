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
    /// A new folder: `wanted`, which must not hold a run yet, or runs/NAME-N in the current folder
    /// with the first N that is free. Writes the recipe.
    [[nodiscard]] static Result<RunFolder> create(
        const Recipe& recipe, const std::optional<std::filesystem::path>& wanted);
    /// The folder of an earlier run, whose recipe it reads. It must have a checkpoint and be
    /// writable.
    [[nodiscard]] static Result<RunFolder> reopen(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] const Recipe& recipe() const { return recipe_; }
    [[nodiscard]] std::filesystem::path checkpoint_file() const;
    [[nodiscard]] std::filesystem::path metrics_file() const;

    /// Adds the line of an epoch. Lines of this epoch and later ones, which a run that died before
    /// its checkpoint left behind, are replaced.
    [[nodiscard]] Result<void> add_metrics(std::int64_t epoch, const json::object& metrics);
    [[nodiscard]] Result<void> write_result(const json::object& result) const;
    /// What a run that has ended came to; nothing if it has not.
    [[nodiscard]] Result<std::optional<json::object>> result() const;

    /// Removes what a run that failed need not keep: unfinished files, and all of a run that never
    /// reached a checkpoint, so that it can be tried again.
    void tidy() const;

  private:
    RunFolder(std::filesystem::path path, Recipe recipe, bool was_made)
        : path_(std::move(path)), recipe_(std::move(recipe)), was_made_(was_made) {}

    std::filesystem::path path_;
    Recipe recipe_;
    bool was_made_;  ///< by create(), not by somebody else
};

}  // namespace trilby::train
