// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

/// The folder of one search: default.toml (the recipe's own settings), search.json (the record),
/// best.toml (the recipe with the best settings) and a folder for the run of each trial. It belongs
/// to one search at a time.

#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "platform/created_folders.hpp"
#include "platform/file_lock.hpp"
#include "train/recipe.hpp"
#include "train/run_folder.hpp"
#include "train/search/record.hpp"
#include <trilby/result.hpp>

namespace trilby::train::search {

class SearchFolder {
  public:
    /// Creates `wanted`, which must not hold a search, or searches/NAME-N in the current folder
    /// with the first free N, and writes the recipe.
    [[nodiscard]] static Result<SearchFolder> create(
        Recipe recipe, const std::optional<std::filesystem::path>& wanted);
    [[nodiscard]] static Result<SearchFolder> reopen(const std::filesystem::path& path);

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }
    /// The recipe of the search, with its own settings.
    [[nodiscard]] const Recipe& recipe() const { return recipe_; }
    [[nodiscard]] std::filesystem::path best_recipe_file() const;

    [[nodiscard]] Result<SearchRecord> read_record() const;
    [[nodiscard]] Result<void> write_record(const SearchRecord& record) const;
    [[nodiscard]] Result<void> write_best(const Recipe& recipe) const;

    /// The folder for the run of a trial with this recipe: "trial-1" or the next number that is
    /// free, or the one in which this trial was interrupted. `record` has the folders that are
    /// taken.
    [[nodiscard]] Result<RunFolder> trial_folder(const Recipe& recipe,
                                                 const SearchRecord& record) const;

    /// Removes what a search without any trial need not keep.
    void tidy() const;

  private:
    SearchFolder(platform::CreatedFolders folder, Recipe recipe, platform::FileLock lock)
        : folder_(std::move(folder)), recipe_(std::move(recipe)), lock_(std::move(lock)) {}

    platform::CreatedFolders folder_;
    Recipe recipe_;
    platform::FileLock lock_;
};

}  // namespace trilby::train::search
