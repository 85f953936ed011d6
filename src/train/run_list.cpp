// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_list.hpp"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <tuple>

#include "base/try.hpp"
#include "platform/folder_entries.hpp"
#include "train/run_files.hpp"

namespace trilby::train {
namespace {

Result<std::vector<std::filesystem::path>> candidates(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
        return failure(ErrorCode::no_input, fmt::format("there is no folder '{}'", folder.string()),
                       "start in the folder where 'trilby train' was started, or give the folder "
                       "of the runs");
    }
    return is_run(folder) ? std::vector{folder} : platform::folder_entries(folder);
}

std::optional<std::string> if_known(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

Result<std::vector<RunRecord>> list_runs(const std::filesystem::path& folder) {
    TRILBY_TRY(entries, candidates(folder));
    std::vector<RunRecord> runs;
    for (const std::filesystem::path& entry : entries) {
        if (auto run = read_run(entry)) {
            runs.push_back(std::move(*run));
        }
    }
    std::ranges::sort(runs, {},
                      [](const RunRecord& run) { return std::tuple(run.changed, run.folder); });
    return runs;
}

RunSummary summary_of(const RunRecord& run) {
    return {
        .name = run.name(),
        .run = std::filesystem::absolute(run.folder).lexically_normal().string(),
        .state = run.state,
        .damage = if_known(run.damage),
        .recipe = if_known(run.recipe),
        .task = if_known(run.task),
        .epochs_done = run.epochs_done(),
        .epochs = run.epochs > 0 ? std::optional(run.epochs) : std::nullopt,
        .score = score_of(run),
        .changed = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                               fmt::gmtime(std::time_t{run.changed.time_since_epoch().count()})),
        .machine = run.machine};
}

}  // namespace trilby::train
