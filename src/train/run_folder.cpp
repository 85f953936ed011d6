// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/run_folder.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/text.hpp"
#include "base/try.hpp"
#include "platform/atomic_file.hpp"
#include "platform/file_tree.hpp"

namespace trilby::train {
namespace {

constexpr const char* recipe_name = "recipe.toml";
constexpr const char* result_name = "result.json";
constexpr const char* checkpoint_name = "checkpoint.safetensors";
constexpr std::size_t metrics_limit_bytes = 256U << 20;

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

/// mkdir() decides which number is free, so two runs that start together get two folders.
Result<std::filesystem::path> make_numbered_folder(const std::string& name) {
    constexpr int number_limit = 100'000;
    const std::filesystem::path parent = std::filesystem::absolute("runs");
    TRILBY_CHECK(platform::make_directories(parent));
    for (int number = 1; number <= number_limit; ++number) {
        const std::filesystem::path folder = parent / fmt::format("{}-{}", name, number);
        if (::mkdir(folder.c_str(), 0777) == 0) {
            return folder;
        }
        if (errno != EEXIST) {
            return std::unexpected(platform::system_error(errno, "create the folder", folder));
        }
    }
    return failure(ErrorCode::cannot_create,
                   fmt::format("'{}' already holds {} runs", parent.string(), number_limit),
                   "give a folder with --output");
}

Result<std::filesystem::path> make_named_folder(const std::filesystem::path& wanted) {
    const std::filesystem::path folder = std::filesystem::absolute(wanted);
    TRILBY_CHECK(platform::make_directories(folder));
    std::error_code ignored;
    if (std::filesystem::exists(folder / recipe_name, ignored)) {
        return failure(ErrorCode::cannot_create,
                       fmt::format("'{}' already holds a run", folder.string()),
                       "give another folder, or resume that run with --resume");
    }
    return folder;
}

std::int64_t epoch_of(std::string_view line) {
    const auto metrics = json::parse_object(line, "metrics");
    return metrics ? json::get_integer(*metrics, "epoch", "metrics").value_or(INT64_MAX)
                   : INT64_MAX;
}

}  // namespace

Result<RunFolder> RunFolder::create(const Recipe& recipe,
                                    const std::optional<std::filesystem::path>& wanted) {
    std::error_code ignored;
    const bool is_there = wanted && std::filesystem::exists(*wanted, ignored);
    TRILBY_TRY(path, wanted ? make_named_folder(*wanted)
                            : make_numbered_folder(file_name_of(recipe.name)));
    TRILBY_CHECK(platform::write_file_atomically(path / recipe_name, to_toml(recipe)));
    return RunFolder(path, recipe, !is_there);
}

Result<RunFolder> RunFolder::reopen(const std::filesystem::path& wanted) {
    const std::filesystem::path path = std::filesystem::absolute(wanted);
    std::error_code ignored;
    if (!std::filesystem::exists(path / recipe_name, ignored)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' is not the folder of an earlier run", path.string()),
                       "give the folder that 'trilby train' printed");
    }
    TRILBY_TRY(recipe, read_recipe(path / recipe_name));
    RunFolder folder(path, recipe, false);
    if (!std::filesystem::exists(folder.checkpoint_file(), ignored)) {
        return failure(ErrorCode::no_input,
                       fmt::format("'{}' has no checkpoint to resume from", path.string()),
                       "the run ended before its first checkpoint: remove the folder and start the "
                       "run again");
    }
    // Reports an unwritable folder now, not after an epoch. The file is temporary.
    TRILBY_CHECK(platform::AtomicFile::create(folder.checkpoint_file()));
    return folder;
}

std::filesystem::path RunFolder::checkpoint_file() const {
    return path_ / checkpoint_name;
}

std::filesystem::path RunFolder::metrics_file() const {
    return path_ / "metrics.jsonl";
}

Result<void> RunFolder::add_metrics(std::int64_t epoch, const json::object& metrics) {
    std::string kept;
    const auto old =
        platform::FileTree().read(metrics_file().string(), metrics_limit_bytes).value_or("");
    for (const std::string_view line : split_lines(old)) {
        if (epoch_of(line) < epoch) {
            kept += line;
            kept += '\n';
        }
    }
    return platform::write_file_atomically(metrics_file(), kept + json::serialize(metrics) + "\n");
}

Result<void> RunFolder::write_result(const json::object& result) const {
    return platform::write_file_atomically(path_ / result_name, json::pretty(result));
}

Result<std::optional<json::object>> RunFolder::result() const {
    const std::string file = (path_ / result_name).string();
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
    std::error_code ignored;
    for (std::filesystem::directory_iterator entry(path_, ignored), end; entry != end;
         entry.increment(ignored)) {
        const std::string name = entry->path().filename().string();
        if (name.starts_with(checkpoint_name) && name.ends_with(".tmp")) {
            std::filesystem::remove(entry->path(), ignored);
        }
    }
    if (std::filesystem::exists(checkpoint_file(), ignored)) {
        return;
    }
    std::filesystem::remove(path_ / recipe_name, ignored);
    if (was_created_) {
        std::filesystem::remove(metrics_file(), ignored);
        std::filesystem::remove(path_, ignored);  // fails if it has other files
    }
}

}  // namespace trilby::train
