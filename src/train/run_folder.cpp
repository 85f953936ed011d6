// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_folder.hpp"

#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/presence.hpp"
#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_tree.hpp"

namespace trilby::train {
namespace {

constexpr const char* recipe_name = "recipe.toml";
constexpr const char* metrics_name = "metrics.jsonl";
constexpr const char* checkpoint_name = "checkpoint.safetensors";
constexpr const char* result_name = "result.json";
constexpr std::array file_names{recipe_name, metrics_name, checkpoint_name, result_name};
constexpr const char* lock_name = ".trilby-lock";
constexpr std::size_t metrics_limit_bytes = 256U << 20;

bool has_entry(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::exists(std::filesystem::symlink_status(path, ignored));
}

/// The recipe's name as a file name. Other characters than letters and digits become '-'.
std::string file_name_of(const std::string& name) {
    std::string out;
    for (const char c : name.substr(0, 64)) {
        const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '-' || c == '_';
        out += is_plain ? c : '-';
    }
    return out.empty() ? "run" : out;
}

/// The first folder on the way to `folder` that does not exist; empty if all do.
std::filesystem::path first_missing(const std::filesystem::path& folder) {
    std::filesystem::path missing;
    for (std::filesystem::path at = folder; !at.empty() && !has_entry(at); at = at.parent_path()) {
        missing = at;
    }
    return missing;
}

/// The files of another run, or of somebody else, are never overwritten.
Result<void> require_free(const std::filesystem::path& folder) {
    for (const char* name : file_names) {
        if (has_entry(folder / name)) {
            return failure(ErrorCode::cannot_create,
                           fmt::format("'{}' already has a file {}", folder.string(), name),
                           has_entry(folder / checkpoint_name) && has_entry(folder / recipe_name)
                               ? "give another folder, or resume that run with --resume"
                               : "give another folder, or remove the file");
        }
    }
    return {};
}

}  // namespace

/// mkdir() decides which number is free, so two runs that start together get two folders.
Result<RunFolder::Place> RunFolder::make_numbered_place(const std::string& name) {
    constexpr int number_limit = 100'000;
    const std::filesystem::path parent = std::filesystem::absolute("runs");
    const std::filesystem::path missing = first_missing(parent);
    TRILBY_CHECK(platform::make_directories(parent));
    for (int number = 1; number <= number_limit; ++number) {
        const std::filesystem::path folder = parent / fmt::format("{}-{}", name, number);
        if (::mkdir(folder.c_str(), 0777) == 0) {
            return Place{folder, missing.empty() ? folder : missing};
        }
        if (errno != EEXIST) {
            return std::unexpected(platform::system_error(errno, "create the folder", folder));
        }
    }
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' already holds {} runs", parent.string(), number_limit),
                   "give a folder with --output");
}

Result<RunFolder::Place> RunFolder::make_named_place(const std::filesystem::path& wanted) {
    const std::filesystem::path folder = std::filesystem::absolute(wanted).lexically_normal();
    Place place{folder, first_missing(folder)};
    TRILBY_CHECK(platform::make_directories(folder));
    return place;
}

Result<RunFolder> RunFolder::create(const Recipe& recipe,
                                    const std::optional<std::filesystem::path>& wanted) {
    TRILBY_TRY(place,
               wanted ? make_named_place(*wanted) : make_numbered_place(file_name_of(recipe.name)));
    TRILBY_CHECK(require_free(place.path));  // a folder of somebody else gets no lock
    auto lock = platform::FileLock::take(place.path / lock_name);
    if (!lock) {
        remove_created_folders(place);
        return std::unexpected(lock.error());
    }
    TRILBY_CHECK(require_free(place.path));
    RunFolder folder(std::move(place), recipe, std::move(*lock));
    if (auto written =
            platform::write_file_atomically(folder.path() / recipe_name, to_toml(recipe));
        !written) {
        folder.tidy();
        return std::unexpected(written.error());
    }
    return folder;
}

Result<RunFolder> RunFolder::reopen(const std::filesystem::path& wanted) {
    const std::filesystem::path path = std::filesystem::absolute(wanted).lexically_normal();
    if (!has_entry(path / recipe_name)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not the folder of an earlier run", path.string()),
                       "give the folder that 'trilby train' printed");
    }
    TRILBY_TRY(recipe, read_recipe(path / recipe_name));
    if (!has_entry(path / checkpoint_name)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' has no checkpoint to resume from", path.string()),
                       "the run ended before its first checkpoint: remove the folder and start the "
                       "run again");
    }
    TRILBY_TRY(lock, platform::FileLock::take(path / lock_name));
    RunFolder folder({path, {}}, std::move(recipe), std::move(lock));
    for (const char* name : file_names) {
        platform::remove_unfinished(path / name);
    }
    // Reports an unwritable folder now, not after an epoch. The file is temporary.
    TRILBY_CHECK(platform::AtomicFile::create(folder.checkpoint_file()));
    return folder;
}

std::filesystem::path RunFolder::checkpoint_file() const {
    return place_.path / checkpoint_name;
}

std::filesystem::path RunFolder::metrics_file() const {
    return place_.path / metrics_name;
}

Result<RunFolder::MetricsLines> RunFolder::read_metrics() const {
    const auto text = platform::FileTree().read(metrics_file().string(), metrics_limit_bytes);
    if (!text && text.presence() != Presence::absent) {
        return failure(ErrorCode::io,
                       fmt::format("'{}' cannot be read: it {}", metrics_file().string(),
                                   why_missing(text.presence())),
                       "fix its permissions, or move it away");
    }
    MetricsLines lines;
    const std::string content = text.value_or("");
    for (const std::string_view line : split_lines(content)) {
        if (const auto epoch = epoch_of_line(line)) {
            lines[*epoch] = line;
        }
    }
    return lines;
}

Result<void> RunFolder::write_metrics(const MetricsLines& lines) const {
    std::string text;
    for (const auto& [epoch, line] : lines) {
        text += line + "\n";
    }
    return platform::write_file_atomically(metrics_file(), text);
}

Result<void> RunFolder::add_metrics(std::int64_t epoch, const json::object& metrics) {
    TRILBY_TRY(lines, read_metrics());
    lines.erase(lines.lower_bound(epoch), lines.end());
    lines[epoch] = json::serialize(metrics);
    return write_metrics(lines);
}

Result<void> RunFolder::restore_metrics(const std::vector<std::string>& history) {
    if (history.empty()) {
        return {};
    }
    TRILBY_TRY(lines, read_metrics());
    const auto last = epoch_of_line(history.back());
    lines.erase(lines.upper_bound(last.value_or(0)), lines.end());
    for (const std::string& line : history) {
        const auto epoch = epoch_of_line(line);
        if (!epoch || line.find('\n') != std::string::npos) {
            return failure(ErrorCode::bad_data, "the checkpoint's history is damaged",
                           "restart the run, or resume from a copy");
        }
        lines.try_emplace(*epoch, line);
    }
    return write_metrics(lines);
}

Result<void> RunFolder::write_result(const json::object& result) const {
    return platform::write_file_atomically(place_.path / result_name, json::pretty(result));
}

Result<std::optional<json::object>> RunFolder::result() const {
    const std::string file = (place_.path / result_name).string();
    const auto text = platform::FileTree().read(file);
    if (text.presence() == Presence::absent) {
        return std::nullopt;
    }
    if (!text) {
        return failure(ErrorCode::no_input, fmt::format("'{}' cannot be read", file),
                       "fix its permissions");
    }
    TRILBY_TRY(result, json::parse_object(*text, file));
    return result;
}

void RunFolder::tidy() const {
    for (const char* name : file_names) {
        platform::remove_unfinished(path() / name);
    }
    if (has_entry(checkpoint_file())) {
        return;
    }
    std::error_code ignored;
    std::filesystem::remove(path() / recipe_name, ignored);
    std::filesystem::remove(metrics_file(), ignored);
    std::filesystem::remove(path() / lock_name, ignored);
    remove_created_folders(place_);
}

/// Removing a folder fails if it has other files, which then stay.
void RunFolder::remove_created_folders(const Place& place) {
    const std::filesystem::path stop = place.first_created.parent_path();
    std::error_code ignored;
    for (std::filesystem::path at = place.path; !stop.empty() && at != stop;
         at = at.parent_path()) {
        std::filesystem::remove(at, ignored);
    }
}

}  // namespace trilby::train
