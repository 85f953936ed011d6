// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/checkpoint_series.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

#include "base/try.hpp"
#include "base/units.hpp"
#include "platform/atomic_file.hpp"
#include "platform/free_space.hpp"
#include "train/run_files.hpp"
#include "train/saving.hpp"

namespace trilby::train {
namespace {

/// The newest checkpoint, and all files that may hold earlier ones: "checkpoint-1.safetensors" is
/// the one just before the newest.
std::vector<std::filesystem::path> all_files(const std::filesystem::path& newest) {
    std::vector<std::filesystem::path> files{newest};
    for (std::int64_t i = 1; i < most_checkpoints; ++i) {
        files.push_back(newest.parent_path() / fmt::format("{}-{}{}", newest.stem().string(), i,
                                                           newest.extension().string()));
    }
    return files;
}

Result<void> move_over(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::error_code error;
    std::filesystem::rename(from, to, error);
    return error ? std::unexpected(platform::system_error(error.value(), "replace", to))
                 : Result<void>();
}

/// Afterwards both names refer to the same file, if the file system has hard links; else only `to`
/// does.
Result<void> copy_name(const std::filesystem::path& from, const std::filesystem::path& to) {
    const std::filesystem::path link = platform::temporary_name(to);
    std::error_code error;
    std::filesystem::create_hard_link(from, link, error);
    if (error) {
        return move_over(from, to);
    }
    const auto moved = move_over(link, to);
    std::filesystem::remove(link, error);  // it stays if both were the same file
    return moved;
}

std::uint64_t size_of(const std::filesystem::path& file) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(file, error);
    return error ? 0 : size;
}

}  // namespace

Metadata newest_metadata(const std::filesystem::path& newest) {
    for (const std::filesystem::path& file : all_files(newest)) {
        if (auto metadata = read_metadata(file)) {
            return std::move(*metadata);
        }
    }
    return {};
}

bool has_checkpoint(const std::filesystem::path& newest) {
    return std::ranges::any_of(all_files(newest), has_entry);
}

std::vector<std::filesystem::path> CheckpointSeries::files() const {
    std::vector<std::filesystem::path> files = all_files(newest_);
    files.resize(static_cast<std::size_t>(count_));
    return files;
}

Result<CheckpointSeries::Good> CheckpointSeries::read_newest_good() {
    std::optional<Error> first;
    std::vector<std::string> damage;
    for (const std::filesystem::path& file : all_files(newest_)) {
        auto checkpoint = Checkpoint::read(file);
        if (checkpoint) {
            is_newest_good_ = file == newest_;
            return Good{std::move(*checkpoint), file, std::move(damage)};
        }
        if (file == newest_) {
            first = checkpoint.error();
        }
        if (file == newest_ || has_entry(file)) {
            damage.push_back(checkpoint.error().message);
        }
    }
    return std::unexpected(*first);
}

Result<void> CheckpointSeries::write(std::span<const TensorView> tensors,
                                     const Metadata& metadata) {
    TRILBY_CHECK(write_checkpoint(newest_, tensors, metadata, [this] { return move_back(); }));
    is_newest_good_ = true;
    const std::vector<std::filesystem::path> all = all_files(newest_);
    for (auto file = all.begin() + count_; file != all.end(); ++file) {
        std::error_code ignored;
        std::filesystem::remove(*file, ignored);  // left by a run that kept more
    }
    return {};
}

/// Moves the kept checkpoints back by one place, to make room for a new one. A damaged newest one
/// is not kept: the new one replaces it.
Result<void> CheckpointSeries::move_back() const {
    if (!is_newest_good_ || !has_entry(newest_)) {
        return {};
    }
    const std::vector<std::filesystem::path> kept = files();
    for (std::size_t i = kept.size() - 1; i >= 2; --i) {
        if (has_entry(kept[i - 1])) {
            TRILBY_CHECK(move_over(kept[i - 1], kept[i]));
        }
    }
    return kept.size() > 1 ? copy_name(kept[0], kept[1]) : Result<void>();
}

Result<void> CheckpointSeries::require_space(std::uint64_t bytes_each) const {
    const std::filesystem::path folder =
        newest_.has_parent_path() ? newest_.parent_path() : std::filesystem::path(".");
    const auto free = platform::free_space_bytes(folder);
    std::uint64_t existing = 0;
    for (const std::filesystem::path& file : files()) {
        existing += size_of(file);
    }
    // A new one is complete before it replaces the oldest.
    const std::uint64_t wanted = static_cast<std::uint64_t>(count_ + 1) * bytes_each;
    if (!free || wanted <= existing + *free) {
        return {};
    }
    return failure(
        ErrorCode::io,
        fmt::format("the checkpoints of this run need {} in '{}', where {} are free",
                    format_bytes(wanted - existing), folder.string(), format_bytes(*free)),
        count_ > 1 ? "free some space, choose a folder on another file system, or keep only the "
                     "newest one: --keep-checkpoints 1"
                   : "free some space, or choose a folder on another file system");
}

}  // namespace trilby::train
