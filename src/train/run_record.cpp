// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_record.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/stat.h>
#include <utility>

#include "base/read_json.hpp"
#include "base/try.hpp"
#include "train/checkpoint.hpp"
#include "train/metrics_reader.hpp"
#include "train/recipe.hpp"
#include "train/run_files.hpp"
#include "train/run_result.hpp"

namespace trilby::train {
namespace {

Result<void> read_end(RunRecord& run) {
    TRILBY_TRY(document, read_result_document(run.folder));
    if (!document) {
        return {};
    }
    TRILBY_TRY(context, json::from_json<ResultContext>(*document, "the training's result"));
    TRILBY_TRY(result, parse_result(*document));
    run.baselines = std::move(context.baselines);
    run.machine = std::move(context.machine);
    run.result = std::move(result);
    return {};
}

/// A run saves a checkpoint after each epoch, so at most one epoch is recorded before the first.
Result<void> check_checkpoint(const RunRecord& run) {
    const std::filesystem::path file = run.folder / checkpoint_name;
    if (has_entry(file)) {
        TRILBY_CHECK(read_metadata(file));
        return {};
    }
    return run.result || run.epochs_done() > 1
               ? failure(ErrorCode::no_input, fmt::format("it has no {}", checkpoint_name))
               : Result<void>();
}

Result<void> read_files(RunRecord& run) {
    TRILBY_TRY(recipe, read_recipe(run.folder / recipe_name));
    run.recipe = recipe.name;
    run.task = recipe.task_name();
    run.unit = std::visit([](const auto& settings) { return settings.unit; }, recipe.task);
    run.epochs = recipe.training.epochs;
    TRILBY_TRY(last, read_last_epoch(run.folder / metrics_name));
    run.last_epoch = std::move(last);
    TRILBY_CHECK(read_end(run));
    return check_checkpoint(run);
}

RunState state_of(const RunRecord& run, bool is_running) {
    if (is_running) {
        return RunState::running;
    }
    if (!run.damage.empty()) {
        return RunState::damaged;
    }
    if (run.result) {
        return RunState::ended;
    }
    return has_entry(run.folder / checkpoint_name) ? RunState::stopped : RunState::empty;
}

/// Nothing for a file that does not exist.
std::optional<std::chrono::sys_seconds> change_of(const std::filesystem::path& file) {
    constexpr time_t end_of_9999 = 253'402'300'799;  // no calendar has to know later times
    struct stat info {};
    return ::lstat(file.c_str(), &info) == 0
               ? std::optional(std::chrono::sys_seconds(
                     std::chrono::seconds(std::min(info.st_mtim.tv_sec, end_of_9999))))
               : std::nullopt;
}

std::chrono::sys_seconds last_change(const std::filesystem::path& folder) {
    std::chrono::sys_seconds last{};
    for (const char* name : run_file_names) {
        last = std::max(last, change_of(folder / name).value_or(last));
    }
    return last;
}

std::optional<Score> score_in(std::string_view part, const std::string& metric,
                              const Metrics& metrics) {
    const auto value = metrics.find(metric);
    return value == metrics.end() ? std::nullopt
                                  : std::optional(Score{metric, std::string(part), value->second});
}

}  // namespace

std::int64_t RunRecord::epochs_done() const {
    return result ? result->epochs : last_epoch ? last_epoch->epoch : 0;
}

std::string RunRecord::name() const {
    const std::filesystem::path whole = std::filesystem::absolute(folder).lexically_normal();
    return (whole.has_filename() ? whole : whole.parent_path()).filename().string();
}

Result<RunRecord> read_run(const std::filesystem::path& folder) {
    TRILBY_CHECK(require_run(folder));
    // Tested first: a run that ends meanwhile is shown as running, not as damaged.
    const bool is_running = is_in_use(folder);
    RunRecord run{.folder = folder,
                  .changed = last_change(folder),
                  .last_epoch_ended = change_of(folder / metrics_name),
                  .saved = change_of(folder / checkpoint_name)};
    if (const auto read = read_files(run); !read) {
        run.damage = read.error().message;
    }
    run.state = state_of(run, is_running);
    return run;
}

std::string_view headline_of(const Metrics& metrics) {
    // Only the result of a run says which metric decides. Each kind of data has one of these.
    constexpr std::array headlines{"accuracy", "nats_per_character", "rmse_log", "rmse", "mse"};
    const auto* const found = std::ranges::find_if(
        headlines, [&](const char* metric) { return metrics.contains(metric); });
    return found == headlines.end() ? std::string_view() : *found;
}

const Metrics& validation_of(const RunRecord& run) {
    static const Metrics none;
    return run.result ? run.result->validation : run.last_epoch ? run.last_epoch->validation : none;
}

std::string deciding_metric(const RunRecord& run) {
    return run.result ? run.result->metric : std::string(headline_of(validation_of(run)));
}

std::optional<Score> score_of(const RunRecord& run) {
    const std::string metric = deciding_metric(run);
    const auto test = run.result ? score_in("test", metric, run.result->test) : std::nullopt;
    return test ? test : score_in("validation", metric, validation_of(run));
}

}  // namespace trilby::train
