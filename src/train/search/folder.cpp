// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/search/folder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "base/presence.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_tree.hpp"
#include "train/documents.hpp"
#include "train/numbered_folder.hpp"
#include "train/run_files.hpp"

namespace trilby::train::search {
namespace {

constexpr const char* own_recipe_name = "default.toml";
constexpr const char* best_recipe_name = "best.toml";
constexpr const char* record_name = "search.json";
constexpr std::array file_names{own_recipe_name, best_recipe_name, record_name};
constexpr std::size_t record_limit_bytes = 16U << 20;

Result<void> require_free(const std::filesystem::path& folder) {
    for (const char* name : file_names) {
        if (has_entry(folder / name)) {
            return failure(ErrorCode::cannot_create,
                           fmt::format("'{}' already has a file {}", folder.string(), name),
                           "give another folder, or continue that search with --resume");
        }
    }
    if (is_run(folder)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' is the folder of a run", folder.string()),
                       "give another folder");
    }
    return {};
}

void remove_unfinished_files(const std::filesystem::path& folder) {
    for (const char* name : file_names) {
        platform::remove_unfinished(folder / name);
    }
}

std::filesystem::path whole_path(const std::filesystem::path& path) {
    return std::filesystem::absolute(path).lexically_normal();
}

/// Whether the folder has the run of this recipe, which was interrupted.
bool is_run_with(const std::filesystem::path& folder, const Recipe& recipe) {
    std::error_code unknown;
    if (std::filesystem::is_symlink(folder, unknown) || !is_run(folder) ||
        has_entry(folder / result_name)) {
        return false;
    }
    const auto earlier = read_recipe(folder / recipe_name);
    return earlier && to_toml(*earlier) == to_toml(recipe);
}

}  // namespace

Result<SearchFolder> SearchFolder::create(Recipe recipe,
                                          const std::optional<std::filesystem::path>& wanted) {
    TRILBY_TRY(created, wanted ? platform::CreatedFolders::create(whole_path(*wanted))
                               : create_numbered_folder("searches", recipe.name));
    TRILBY_CHECK(require_free(created.path()));  // a folder of somebody else gets no lock
    TRILBY_TRY(lock, platform::FileLock::take(created.path() / lock_name));
    TRILBY_CHECK(require_free(created.path()));
    SearchFolder folder(std::move(created), std::move(recipe), std::move(lock));
    remove_unfinished_files(folder.path());
    const auto written =
        platform::write_file_atomically(folder.path() / own_recipe_name, to_toml(folder.recipe()));
    if (!written) {
        folder.tidy();
        return std::unexpected(written.error());
    }
    return folder;
}

Result<SearchFolder> SearchFolder::reopen(const std::filesystem::path& wanted) {
    const std::filesystem::path path = whole_path(wanted);
    if (!has_entry(path / record_name) || !has_entry(path / own_recipe_name)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not the folder of an earlier search", path.string()),
                       "give the folder that 'trilby tune' printed");
    }
    TRILBY_TRY(recipe, read_recipe(path / own_recipe_name));
    TRILBY_TRY(lock, platform::FileLock::take(path / lock_name));
    TRILBY_TRY(existing, platform::CreatedFolders::create(path));
    remove_unfinished_files(path);
    return SearchFolder(std::move(existing), std::move(recipe), std::move(lock));
}

std::filesystem::path SearchFolder::best_recipe_file() const {
    return path() / best_recipe_name;
}

Result<SearchRecord> SearchFolder::read_record() const {
    const std::string file = (path() / record_name).string();
    const auto text = platform::FileTree().read(file, record_limit_bytes);
    if (!text) {
        return failure(
            ErrorCode::no_input,
            fmt::format("'{}' cannot be read: it {}", file, why_missing(text.presence())),
            "give the folder of another search");
    }
    return parse_record(*text, file);
}

Result<void> SearchFolder::write_record(const SearchRecord& record) const {
    return platform::write_file_atomically(path() / record_name, json::pretty(document_of(record)));
}

Result<void> SearchFolder::write_best(const Recipe& recipe) const {
    return platform::write_file_atomically(best_recipe_file(), to_toml(recipe));
}

Result<RunFolder> SearchFolder::trial_folder(const Recipe& recipe,
                                             const SearchRecord& record) const {
    constexpr std::size_t number_limit = 100'000;
    for (std::size_t number = 1; number <= number_limit; ++number) {
        const std::string name = fmt::format("trial-{}", number);
        const std::filesystem::path folder = path() / name;
        const bool is_taken =
            std::ranges::find(record.trials, name, &TrialRecord::run) != record.trials.end();
        if (!is_taken && is_run_with(folder, recipe)) {
            return RunFolder::reopen(folder);
        }
        if (!is_taken && !has_entry(folder)) {
            return RunFolder::create(recipe, folder);
        }
    }
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' already holds {} trials", path().string(), number_limit),
                   "start a new search");
}

void SearchFolder::tidy() const {
    remove_unfinished_files(path());
    if (has_entry(path() / record_name)) {
        return;
    }
    std::error_code ignored;
    std::filesystem::remove(path() / own_recipe_name, ignored);
    std::filesystem::remove(path() / lock_name, ignored);
    folder_.remove_empty();
}

}  // namespace trilby::train::search
