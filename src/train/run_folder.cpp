// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_folder.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "train/checkpoint_series.hpp"
#include "train/exported_model.hpp"
#include "train/numbered_folder.hpp"
#include "train/run_result.hpp"

namespace trilby::train {
namespace {

/// The files of another run, or of somebody else, are never overwritten.
Result<void> require_free(const std::filesystem::path& folder) {
    for (const char* name : run_file_names) {
        if (has_entry(folder / name)) {
            return failure(ErrorCode::cannot_create,
                           fmt::format("'{}' already has a file {}", folder.string(), name),
                           is_run(folder) ? "give another folder, or resume that run with --resume"
                                          : "give another folder, or remove the file");
        }
    }
    return {};
}

Result<platform::CreatedFolders> create_named(const std::filesystem::path& wanted) {
    return platform::CreatedFolders::create(std::filesystem::absolute(wanted).lexically_normal());
}

}  // namespace

Result<RunFolder> RunFolder::create(Recipe recipe,
                                    const std::optional<std::filesystem::path>& wanted) {
    TRILBY_TRY(created,
               wanted ? create_named(*wanted) : create_numbered_folder("runs", recipe.name));
    TRILBY_CHECK(require_free(created.path()));  // a folder of somebody else gets no lock
    TRILBY_TRY(lock, platform::FileLock::take(created.path() / lock_name));
    TRILBY_CHECK(require_free(created.path()));
    RunFolder folder(std::move(created), false, std::move(recipe), std::move(lock));
    TidyUnlessFinished tidying(folder);
    folder.remove_unfinished_files();
    TRILBY_TRY(moved, copy_model(folder.recipe_, folder.path()));
    folder.recipe_ = std::move(moved);
    TRILBY_CHECK(
        platform::write_file_atomically(folder.path() / recipe_name, to_toml(folder.recipe())));
    tidying.finished();
    return folder;
}

Result<RunFolder> RunFolder::reopen(const std::filesystem::path& wanted,
                                    const platform::WaitForChildren& wait) {
    const std::filesystem::path path = std::filesystem::absolute(wanted).lexically_normal();
    if (!is_run(path)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not the folder of an earlier run", path.string()),
                       "give the folder that 'trilby train' printed");
    }
    TRILBY_TRY(recipe, read_recipe(path / recipe_name));
    TRILBY_TRY(lock, platform::FileLock::take(path / lock_name, wait));
    TRILBY_TRY(existing, platform::CreatedFolders::create(path));
    RunFolder folder(std::move(existing), true, std::move(recipe), std::move(lock));
    folder.remove_unfinished_files();
    TRILBY_CHECK(folder.require_no_lost_checkpoint());
    // Reports an unwritable folder now, not after an epoch. The file is temporary.
    TRILBY_CHECK(platform::AtomicFile::create(folder.checkpoint_file()));
    return folder;
}

/// A run saves a checkpoint after each epoch, so at most one epoch is recorded before the first.
Result<void> RunFolder::require_no_lost_checkpoint() const {
    if (has_checkpoint()) {
        return {};
    }
    TRILBY_TRY(epochs, metrics_.count());
    if (epochs > 1) {
        return failure(
            ErrorCode::no_input,
            fmt::format("'{}' has no checkpoint to resume from, but metrics of {} epochs",
                        path().string(), epochs),
            "restore its checkpoint from a copy, or start a new run with its recipe");
    }
    return {};
}

bool RunFolder::has_checkpoint() const {
    return train::has_checkpoint(checkpoint_file());
}

std::filesystem::path RunFolder::checkpoint_file() const {
    return path() / checkpoint_name;
}

std::filesystem::path RunFolder::metrics_file() const {
    return path() / metrics_name;
}

std::filesystem::path RunFolder::events_file() const {
    return path() / events_name;
}

Result<void> RunFolder::add_metrics(std::int64_t epoch, const json::object& metrics) {
    return metrics_.add(epoch, json::serialize(metrics));
}

Result<void> RunFolder::restore_metrics(const std::vector<std::string>& history) {
    return metrics_.restore(history);
}

Result<void> RunFolder::write_result(const json::object& result) const {
    return platform::write_file_atomically(path() / result_name, json::pretty(result));
}

Result<std::optional<json::object>> RunFolder::result() const {
    return read_result_document(path());
}

std::optional<Sharing> recorded_sharing(const std::filesystem::path& run) {
    return sharing_of(newest_metadata(run / checkpoint_name));
}

void RunFolder::remove_unfinished_files() const {
    for (const char* name : run_file_names) {
        platform::remove_unfinished(path() / name);
    }
}

void RunFolder::tidy() const {
    remove_unfinished_files();
    if (can_be_resumed()) {
        return;
    }
    std::error_code ignored;
    for (const char* name : {recipe_name, metrics_name, events_name, model_name, lock_name}) {
        std::filesystem::remove(path() / name, ignored);
    }
    folder_.remove_empty();
}

}  // namespace trilby::train
