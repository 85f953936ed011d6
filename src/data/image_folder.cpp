// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "data/image_folder.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <set>

#include "base/text.hpp"
#include "base/try.hpp"
#include "data/split.hpp"
#include "platform/folder_entries.hpp"

namespace trilby::data {
namespace {

namespace fs = std::filesystem;

std::optional<Part> part_of(const fs::path& folder) {
    return part_named(folder.filename().native());
}

bool is_hidden(const fs::path& path) {
    return path.filename().native().starts_with('.');
}

bool has_image_name(const fs::path& path) {
    constexpr std::array<std::string_view, 3> endings{".png", ".jpg", ".jpeg"};
    return std::ranges::find(endings, lower_case(path.extension().native())) != endings.end();
}

/// The visible entries of a folder, sorted.
Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
    TRILBY_TRY(entries, platform::folder_entries(folder));
    std::erase_if(entries, is_hidden);
    std::ranges::sort(entries);
    return std::move(entries);
}

std::vector<fs::path> folders_among(const std::vector<fs::path>& entries) {
    std::vector<fs::path> folders;
    std::ranges::copy_if(entries, std::back_inserter(folders), [](const fs::path& entry) {
        std::error_code unknown;
        return fs::is_directory(entry, unknown);
    });
    return folders;
}

/// Counts the files of a folder that is not that of a class.
void count_files(const std::vector<fs::path>& entries, ImageFolder& found) {
    for (const fs::path& entry : entries) {
        std::error_code unknown;
        if (!fs::is_directory(entry, unknown)) {
            ++(has_image_name(entry) ? found.stray_images : found.other_files);
        }
    }
}

/// Whether the folders are parts instead of classes. A class may be called "train" too, but hardly
/// one next to it "test".
Result<bool> are_parts(const std::vector<fs::path>& folders) {
    std::set<Part> parts;
    std::vector<std::string> others;
    for (const fs::path& folder : folders) {
        if (const auto part = part_of(folder)) {
            parts.insert(*part);
        } else {
            others.push_back(folder.filename().string());
        }
    }
    if (parts.size() > 1 && !others.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("the folders '{}' are next to folders for training, validation "
                                   "or test",
                                   fmt::join(others, "', '")),
                       "move them elsewhere, or rename the folders if all are classes");
    }
    return !parts.empty() && others.empty();
}

/// The classes below `folder`, each with its files, also from folders in a class's folder.
class ClassLister {
  public:
    explicit ClassLister(ImageFolder& found) : found_(found) {}

    Result<std::vector<ImageClass>> list(const std::vector<fs::path>& folders) {
        std::vector<ImageClass> classes;
        for (const fs::path& folder : folders) {
            ImageClass one{.name = folder.filename().string(), .files = {}};
            std::error_code unknown;
            visited_ = {fs::canonical(folder.parent_path(), unknown)};
            TRILBY_CHECK(add_files(folder, one, 0));
            if (one.files.empty()) {
                found_.empty_folders.push_back(folder);
            } else {
                classes.push_back(std::move(one));
            }
        }
        return classes;
    }

  private:
    Result<void> add_files(const fs::path& folder, ImageClass& to, int depth) {
        constexpr int depth_limit = 8;
        std::error_code unknown;
        if (!visited_.insert(fs::canonical(folder, unknown)).second) {
            return {};
        }
        TRILBY_TRY(entries, entries_of(folder));
        for (const fs::path& entry : entries) {
            if (fs::is_directory(entry, unknown) && depth < depth_limit) {
                TRILBY_CHECK(add_files(entry, to, depth + 1));
            } else if (has_image_name(entry)) {
                to.files.push_back(entry);
            } else {
                ++found_.other_files;
            }
        }
        return {};
    }

    ImageFolder& found_;
    std::set<fs::path> visited_;  ///< for links to a folder that is listed anyway
};

std::vector<std::string> class_names(const std::vector<ImagePart>& parts) {
    std::set<std::string> names;
    for (const ImagePart& part : parts) {
        for (const ImageClass& one : part.classes) {
            names.insert(one.name);
        }
    }
    return {names.begin(), names.end()};
}

std::vector<std::string> missing_in_training(const ImageFolder& folder) {
    std::vector<std::string> missing;
    const std::vector<std::string> trained = class_names({folder.parts.front()});
    std::ranges::set_difference(folder.classes, trained, std::back_inserter(missing));
    return missing;
}

Result<void> check(const ImageFolder& folder, const fs::path& path) {
    if (folder.classes.size() < 2) {
        return failure(
            ErrorCode::bad_data,
            fmt::format("'{}' has images of {} class{}, expected at least 2", path.string(),
                        folder.classes.size(), folder.classes.size() == 1 ? "" : "es"),
            "put the PNG and JPEG files of each class into a folder with its name");
    }
    const bool has_training = folder.parts.front().part == Part::training;
    const auto missing =
        has_training ? missing_in_training(folder) : std::vector<std::string>{folder.classes};
    if (!missing.empty()) {
        return failure(ErrorCode::bad_data,
                       fmt::format("'{}' has no training images of '{}'", path.string(),
                                   fmt::join(missing, "', '")),
                       "give each class a folder below 'train'");
    }
    return {};
}

/// In the folder or in those below it, down to some levels.
bool has_images_within(const fs::path& folder, int levels_below) {
    const auto entries = entries_of(folder);
    if (!entries) {
        return false;
    }
    const auto has_some = [=](const fs::path& below) {
        return has_images_within(below, levels_below - 1);
    };
    return std::ranges::any_of(*entries, has_image_name) ||
           (levels_below > 0 && std::ranges::any_of(folders_among(*entries), has_some));
}

}  // namespace

std::vector<fs::path> images_in(const fs::path& folder) {
    std::vector<fs::path> images = entries_of(folder).value_or(std::vector<fs::path>());
    std::erase_if(images, [](const fs::path& entry) { return !has_image_name(entry); });
    return images;
}

bool is_image_folder(const fs::path& path) {
    const auto entries = entries_of(path);
    return entries && std::ranges::any_of(folders_among(*entries), [](const fs::path& folder) {
               constexpr int levels_below = 2;  // a part's folder has the classes' folders
               return has_images_within(folder, levels_below);
           });
}

Result<ImageFolder> list_images(const fs::path& path) {
    TRILBY_TRY(entries, entries_of(path));
    const std::vector<fs::path> folders = folders_among(entries);
    TRILBY_TRY(is_split, are_parts(folders));
    ImageFolder found;
    count_files(entries, found);
    ClassLister lister(found);
    if (!is_split) {
        TRILBY_TRY(classes, lister.list(folders));
        found.parts.push_back({.part = Part::training, .classes = std::move(classes)});
    } else {
        for (const fs::path& folder : folders) {
            TRILBY_TRY(inside, entries_of(folder));
            count_files(inside, found);
            TRILBY_TRY(classes, lister.list(folders_among(inside)));
            if (!classes.empty()) {
                found.parts.push_back({.part = *part_of(folder), .classes = std::move(classes)});
            }
        }
        std::ranges::stable_sort(found.parts, {}, &ImagePart::part);
    }
    found.classes = class_names(found.parts);
    TRILBY_CHECK(check(found, path));
    return found;
}

}  // namespace trilby::data
