// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "train/choose.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "base/try.hpp"
#include "data/idx_folder.hpp"
#include "data/image_folder.hpp"
#include "data/source.hpp"
#include "data/table_profile.hpp"
#include "data/text_profile.hpp"
#include "train/dataset_catalog.hpp"
#include "train/images/choose.hpp"
#include "train/series/choose.hpp"
#include "train/table/choose.hpp"
#include "train/text/choose.hpp"

namespace trilby::train {
namespace {

using Path = std::filesystem::path;

std::unexpected<Error> unfit(const Path& path, std::string_view is, std::string_view task) {
    return failure(ErrorCode::usage,
                   fmt::format("'{}' is {}, not data for the task {}", path.string(), is, task),
                   "'trilby data show' shows what is understood of the data");
}

Result<Choice> choose_for_folder(const Path& path, const Wishes& wishes) {
    if (wishes.task && wishes.task != images::Settings::name) {
        return unfit(path, "a folder of images", *wishes.task);
    }
    TRILBY_TRY(folder, data::list_images(path));
    return images::choose(path, folder, wishes);
}

Result<Choice> choose_for_idx(const Path& path, const Wishes& wishes) {
    if (wishes.task && wishes.task != images::Settings::name) {
        return unfit(path, "a folder of images", *wishes.task);
    }
    TRILBY_TRY(folder, data::open_idx_folder(path));
    return images::choose(path, folder, wishes);
}

Result<Choice> choose_for_text(const Path& path, const Wishes& wishes) {
    TRILBY_TRY(text, data::profile_text(path));
    return text::choose(path, text.summary, wishes);
}

/// A table with a time axis is a series, unless the user wants something else.
Result<Choice> choose_for_table(const Path& path, const Wishes& wishes) {
    TRILBY_TRY(profile, data::profile_table(path));
    const std::string_view task =
        wishes.task ? *wishes.task
                    : (profile.time ? series::Settings::name : table::Settings::name);
    return task == series::Settings::name ? series::choose(path, profile, wishes)
                                          : table::choose(path, std::move(profile), wishes);
}

}  // namespace

bool Wishes::sets(std::string_view key) const {
    return std::ranges::any_of(data_changes, [&](std::string_view change) {
        return trim(change.substr(0, change.find('='))) == key;
    });
}

Result<Choice> choose(const Path& path, const Wishes& wishes) {
    TRILBY_TRY(source, data::source_at(path));
    const bool wants_text = wishes.task == text::Settings::name;
    switch (source) {
        case data::Source::image_folder:
            return choose_for_folder(path, wishes);
        case data::Source::idx_folder:
            return choose_for_idx(path, wishes);
        case data::Source::separated_values:
            return wishes.task == images::Settings::name ? unfit(path, "a table", *wishes.task)
                   : wants_text                          ? choose_for_text(path, wishes)
                                                         : choose_for_table(path, wishes);
        case data::Source::text:
            break;
    }
    return wishes.task && !wants_text ? unfit(path, "a text", *wishes.task)
                                      : choose_for_text(path, wishes);
}

Result<Choice> choose(const Dataset& dataset, const Wishes& wishes) {
    if (dataset.images) {
        return images::choose(dataset, wishes);
    }
    TRILBY_TRY(folder, locate_dataset(dataset, std::nullopt));
    return choose(folder / dataset.files.front().name, wishes);
}

std::vector<std::string> data_changes(const std::vector<std::string>& changes) {
    std::vector<std::string> found;
    std::ranges::copy_if(changes, std::back_inserter(found), [](const std::string& change) {
        return trim(change).starts_with("data.");
    });
    return found;
}

}  // namespace trilby::train
